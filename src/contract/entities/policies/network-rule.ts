import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'

export type NetworkRuleNet = EntityOf<typeof networkRuleNet>
export type NetworkRule = EntityOf<typeof networkRule>

export const networkRuleNet = {
  entity: 'NetworkRuleNet',
  name: 'networkrulenet',
  category: 'networkrulenets',
  aliases: [],
  description: 'Networks that a rule comes down to, once rendered.',
  attributes: {
    ID: {
      type: 'string',
      description: 'Of the external network or namespace they come from.',
      readOnly: true,
      omitEmpty: true,
      stored: true,
    },
    entries: {
      type: 'list',
      of: 'string',
      description: 'Networks and names.',
      readOnly: true,
      omitEmpty: true,
      stored: true,
    },
    namespace: {
      type: 'string',
      description: 'The namespace it belongs to.',
      readOnly: true,
      omitEmpty: true,
      stored: true,
    },
  },
  routes: [],
  columns: ['ID', 'entries'],
} as const satisfies EntityDefinition

export const networkRule = {
  entity: 'NetworkRule',
  name: 'networkrule',
  category: 'networkrules',
  aliases: [],
  description: 'One rule of a rule set: with whom, over which protocols and ports, and what is done.',
  attributes: {
    action: {
      type: 'enum',
      choices: ['Allow', 'Reject'],
      default: 'Allow',
      description: 'What is done with traffic that the rule matches.',
      required: true,
      stored: true,
    },
    logsDisabled: {
      type: 'boolean',
      description: 'Whether flows that it matches go unreported.',
      stored: true,
    },
    name: {
      type: 'string',
      description: 'Shown in flow reports as ruleName.',
      maxLength: 16,
      omitEmpty: true,
      stored: true,
    },
    networks: {
      type: 'refList',
      of: networkRuleNet,
      description: 'The networks that the object comes down to.',
      readOnly: true,
      omitEmpty: true,
      stored: true,
    },
    object: {
      type: 'external',
      shape: 'stringLists',
      description: 'The other side: processing units and external networks, by tags.',
      stored: true,
      orderable: true,
      validations: [
        'atLeastOneSubExpression',
        'subExpressionsNotEmpty',
        'noDuplicateSubExpressions',
        'noDuplicateTagsInEachSubExpression',
        'tagsExpression',
      ],
    },
    observationEnabled: {
      type: 'boolean',
      description: 'Whether it only says what it would do.',
      stored: true,
    },
    protocolPorts: {
      type: 'list',
      of: 'string',
      description: 'Protocols and ports: tcp/443, udp/53:60, icmp/8/0, or any.',
      stored: true,
      validations: ['servicePorts'],
    },
  },
  routes: [],
  columns: ['action', 'object', 'protocolPorts', 'observationEnabled'],
} as const satisfies EntityDefinition
