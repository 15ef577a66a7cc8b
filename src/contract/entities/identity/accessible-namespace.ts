import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'

export type AccessibleNamespace = EntityOf<typeof accessibleNamespace>

export const accessibleNamespace = {
  entity: 'AccessibleNamespace',
  name: 'accessiblenamespace',
  category: 'accessiblenamespaces',
  aliases: ['accns'],
  description: 'A namespace in which the token that asks may do anything at all.',
  attributes: {
    name: { type: 'string', description: 'The full name of the namespace.', readOnly: true },
  },
  routes: [
    {
      on: 'collection',
      operations: ['retrieve-many', 'info'],
      parameters: { q: { type: 'string', multiple: true } },
    },
  ],
  columns: ['name'],
} as const satisfies EntityDefinition
