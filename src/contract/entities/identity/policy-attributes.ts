import type { AttributeDefinition } from '../../entity/definition.ts'

/** What policies of every kind have: how long they hold, and what they are to the namespaces below. */
export const policyAttributes = {
  expirationTime: {
    type: 'time',
    description: 'When it deletes itself; the zero time is never.',
    stored: true,
  },
  fallback: {
    type: 'boolean',
    description: 'Whether it counts only where no other policy does.',
    stored: true,
    orderable: true,
  },
  propagationHidden: {
    type: 'boolean',
    description: 'Whether namespaces below are governed by it without seeing it.',
    stored: true,
    orderable: true,
  },
} as const satisfies Readonly<Record<string, AttributeDefinition>>
