import { described, disabling, fallingBack, named, propagating, storedBase } from '../../entity/attributes.ts'
import { networkRule } from './network-rule.ts'
import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'

export type NetworkRuleSetPolicy = EntityOf<typeof networkRuleSetPolicy>

export const networkRuleSetPolicy = {
  entity: 'NetworkRuleSetPolicy',
  name: 'networkrulesetpolicy',
  category: 'networkrulesetpolicies',
  aliases: ['netruleset', 'netrulesets', 'netset', 'netsets', 'networkruleset', 'networkrulesets'],
  description: 'What the processing units it selects may talk to, and who may talk to them.',
  attributes: {
    ...storedBase,
    ...named,
    ...described,
    ...disabling,
    ...propagating,
    ...fallingBack,
    incomingRules: {
      type: 'refList',
      of: networkRule,
      description: 'Rules for what comes to them.',
      stored: true,
      validations: ['noDuplicateRules'],
    },
    outgoingRules: {
      type: 'refList',
      of: networkRule,
      description: 'Rules for what they send.',
      stored: true,
      validations: ['noDuplicateRules'],
    },
    subject: {
      type: 'external',
      shape: 'stringLists',
      description: 'Which processing units it governs, by tags.',
      stored: true,
      validations: [
        'atLeastOneSubExpression',
        'subExpressionsNotEmpty',
        'noDuplicateTagsInEachSubExpression',
        'noDuplicateSubExpressions',
        'tagsExpression',
      ],
    },
  },
  routes: [
    { on: 'object', operations: ['retrieve'], parameters: { propagated: { type: 'boolean' } } },
    { on: 'object', operations: ['update', 'patch'] },
    { on: 'object', operations: ['delete'], parameters: { q: { type: 'string', multiple: true } } },
    {
      on: 'collection',
      operations: ['retrieve-many', 'info'],
      parameters: { propagated: { type: 'boolean' }, q: { type: 'string', multiple: true } },
    },
    { on: 'collection', operations: ['create'] },
  ],
  columns: ['name', 'namespace', 'subject', 'disabled', 'propagate'],
} as const satisfies EntityDefinition
