import { identified } from '../../entity/attributes.ts'
import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'

export type EnforcerReport = EntityOf<typeof enforcerReport>

export const enforcerReport = {
  entity: 'EnforcerReport',
  name: 'enforcerreport',
  category: 'enforcerreports',
  aliases: [],
  description: 'What an enforcer uses of its host.',
  attributes: {
    ...identified,
    CPULoad: {
      type: 'float',
      description: 'Percent of the processors it uses.',
      omitEmpty: true,
      stored: true,
    },
    enforcerID: { type: 'string', description: 'The enforcer that reports.', omitEmpty: true, stored: true },
    licenseType: {
      type: 'enum',
      choices: ['Host', 'Container'],
      default: 'Host',
      description: 'What kind of licence it takes.',
      required: true,
      omitEmpty: true,
      stored: true,
      orderable: true,
    },
    memory: { type: 'integer', description: 'Bytes of memory it uses.', omitEmpty: true, stored: true },
    name: {
      type: 'string',
      description: 'Name of the enforcer.',
      required: true,
      omitEmpty: true,
      stored: true,
    },
    namespace: {
      type: 'string',
      description: 'The namespace it belongs to.',
      required: true,
      omitEmpty: true,
      stored: true,
    },
    processes: { type: 'integer', description: 'How many processes it has.', omitEmpty: true, stored: true },
    timestamp: {
      type: 'time',
      description: 'When it was measured.',
      required: true,
      omitEmpty: true,
      stored: true,
      orderable: true,
    },
  },
  routes: [{ on: 'collection', operations: ['create'] }],
  columns: ['timestamp', 'name', 'namespace', 'CPULoad', 'memory', 'processes'],
} as const satisfies EntityDefinition
