import { exportDocument } from './export.ts'
import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'

export type ImportRequest = EntityOf<typeof importRequest>

export const importRequest = {
  entity: 'Import',
  name: 'import',
  category: 'import',
  aliases: [],
  description: 'Makes what an export describes true in a namespace, in one step.',
  attributes: {
    data: { type: 'ref', of: exportDocument, description: 'The export to make true.', required: true },
    mode: {
      type: 'enum',
      choices: ['ReplacePartial', 'Import', 'Remove'],
      default: 'Import',
      description:
        'Import replaces what the same label made before; Remove takes it away. ReplacePartial is the former name of Import.',
    },
  },
  routes: [{ on: 'collection', operations: ['create'] }],
  columns: ['mode'],
} as const satisfies EntityDefinition
