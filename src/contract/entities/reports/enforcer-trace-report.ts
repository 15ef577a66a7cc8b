import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'

export type EnforcerTraceReport = EntityOf<typeof enforcerTraceReport>

export const enforcerTraceReport = {
  entity: 'EnforcerTraceReport',
  name: 'enforcertracereport',
  category: 'enforcertracereports',
  aliases: [],
  description: 'A trace of the packet filter.',
  attributes: {
    enforcerID: { type: 'string', description: 'The enforcer that reports.', required: true, stored: true },
    enforcerNamespace: {
      type: 'string',
      description: 'Namespace of that enforcer.',
      required: true,
      stored: true,
    },
    namespace: { type: 'string', description: 'The namespace it belongs to.', required: true, stored: true },
    puID: {
      type: 'string',
      description: 'The processing unit that was traced.',
      required: true,
      stored: true,
    },
  },
  routes: [{ on: 'collection', operations: ['create'] }],
  columns: ['enforcerID', 'puID', 'namespace'],
} as const satisfies EntityDefinition
