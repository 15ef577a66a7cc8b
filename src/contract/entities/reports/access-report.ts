import { identified } from '../../entity/attributes.ts'
import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'

export type AccessReport = EntityOf<typeof accessReport>

export const accessReport = {
  entity: 'AccessReport',
  name: 'accessreport',
  category: 'accessreports',
  aliases: [],
  description: 'A person logged in or out, or used sudo.',
  attributes: {
    ...identified,
    action: {
      type: 'enum',
      choices: ['Accept', 'Reject'],
      description: 'Whether it was allowed.',
      required: true,
      omitEmpty: true,
      stored: true,
    },
    claimHash: {
      type: 'string',
      description: 'Hash of the claims that were shown.',
      omitEmpty: true,
      stored: true,
    },
    enforcerID: {
      type: 'string',
      description: 'The enforcer that reports.',
      required: true,
      omitEmpty: true,
      stored: true,
    },
    enforcerNamespace: {
      type: 'string',
      description: 'Namespace of that enforcer.',
      required: true,
      omitEmpty: true,
      stored: true,
    },
    processingUnitID: {
      type: 'string',
      description: 'The processing unit it is about.',
      omitEmpty: true,
      stored: true,
    },
    processingUnitName: { type: 'string', description: 'Its name.', omitEmpty: true, stored: true },
    processingUnitNamespace: {
      type: 'string',
      description: 'Namespace of that processing unit.',
      omitEmpty: true,
      stored: true,
    },
    reason: { type: 'string', description: 'Why it was refused.', omitEmpty: true, stored: true },
    timestamp: {
      type: 'time',
      description: 'When it happened.',
      omitEmpty: true,
      stored: true,
      orderable: true,
    },
    type: {
      type: 'enum',
      choices: ['SSHLogin', 'SSHLogout', 'SudoEnter', 'SudoExit'],
      description: 'What the person did.',
      required: true,
      omitEmpty: true,
      stored: true,
    },
  },
  routes: [{ on: 'collection', operations: ['create'] }],
  columns: ['timestamp', 'action', 'type', 'processingUnitName', 'enforcerID'],
} as const satisfies EntityDefinition
