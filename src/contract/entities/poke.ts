import type { EntityDefinition } from '../entity/definition.ts'

/** The heartbeat: a GET below its parent whose parameters carry the news. It has no attributes. */
export const poke = {
  entity: 'Poke',
  name: 'poke',
  category: 'poke',
  aliases: [],
  description: 'A sign of life about the object it is asked below.',
  attributes: {},
  routes: [
    {
      parent: 'processingunits',
      on: 'collection',
      operations: ['retrieve-many', 'info'],
      parameters: {
        enforcementStatus: { type: 'enum', choices: ['Failed', 'Inactive', 'Active'] },
        forceFullPoke: { type: 'boolean' },
        notify: { type: 'boolean' },
        status: { type: 'enum', choices: ['Initialized', 'Paused', 'Running', 'Stopped'] },
        ts: { type: 'time' },
        zhash: { type: 'integer' },
      },
    },
    {
      parent: 'enforcers',
      on: 'collection',
      operations: ['retrieve-many', 'info'],
      parameters: {
        cpuload: { type: 'float' },
        enforcementStatus: { type: 'enum', choices: ['Failed', 'Inactive', 'Active'] },
        forceFullPoke: { type: 'boolean' },
        memory: { type: 'integer' },
        processes: { type: 'integer' },
        sessionClose: { type: 'boolean' },
        sessionID: { type: 'string' },
        status: { type: 'enum', choices: ['Registered', 'Connected', 'Disconnected'] },
        ts: { type: 'time' },
        version: { type: 'string' },
        zhash: { type: 'integer' },
      },
    },
  ],
  columns: [],
} as const satisfies EntityDefinition
