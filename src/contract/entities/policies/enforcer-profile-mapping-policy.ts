import { described, disabling, fallingBack, named, propagating, storedBase } from '../../entity/attributes.ts'
import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'

export type EnforcerProfileMappingPolicy = EntityOf<typeof enforcerProfileMappingPolicy>

export const enforcerProfileMappingPolicy = {
  entity: 'EnforcerProfileMappingPolicy',
  name: 'enforcerprofilemappingpolicy',
  category: 'enforcerprofilemappingpolicies',
  aliases: ['enfpols', 'enfpol', 'epm'],
  description: 'Says which enforcers take which profile.',
  attributes: {
    ...storedBase,
    ...named,
    ...described,
    ...disabling,
    ...propagating,
    ...fallingBack,
    object: {
      type: 'external',
      shape: 'stringLists',
      description: 'Which profile, by tags.',
      stored: true,
      validations: ['tagsExpression'],
    },
    subject: {
      type: 'external',
      shape: 'stringLists',
      description: 'Which enforcers, by tags.',
      stored: true,
      validations: ['tagsExpression'],
    },
  },
  routes: [
    { on: 'object', operations: ['retrieve', 'update', 'patch'] },
    { on: 'object', operations: ['delete'], parameters: { q: { type: 'string', multiple: true } } },
    {
      on: 'collection',
      operations: ['retrieve-many', 'info'],
      parameters: { propagated: { type: 'boolean' }, q: { type: 'string', multiple: true } },
    },
    { on: 'collection', operations: ['create'] },
  ],
  columns: ['name', 'namespace', 'subject', 'object', 'disabled', 'propagate'],
} as const satisfies EntityDefinition
