import { identified, placed } from '../../entity/attributes.ts'
import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'

export type DebugBundle = EntityOf<typeof debugBundle>

export const debugBundle = {
  entity: 'DebugBundle',
  name: 'debugbundle',
  category: 'debugbundles',
  aliases: [],
  description: 'A file that an enforcer collected when it was asked to.',
  attributes: {
    ...identified,
    ...placed,
    debugID: { type: 'string', description: 'The refresh that asked for it.', omitEmpty: true, stored: true },
    enforcerID: {
      type: 'string',
      description: 'The enforcer that collected it.',
      readOnly: true,
      stored: true,
    },
  },
  routes: [{ parent: 'enforcers', on: 'collection', operations: ['retrieve-many', 'info', 'create'] }],
  columns: ['ID', 'namespace', 'enforcerID', 'debugID'],
} as const satisfies EntityDefinition
