import { described, disabling, named, storedBase } from '../../entity/attributes.ts'
import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'
import { policyAttributes } from './policy-attributes.ts'

export type ApiAuthorizationPolicy = EntityOf<typeof apiAuthorizationPolicy>

const q = { type: 'string', multiple: true } as const

export const apiAuthorizationPolicy = {
  entity: 'APIAuthorizationPolicy',
  name: 'apiauthorizationpolicy',
  category: 'apiauthorizationpolicies',
  aliases: ['apiauth', 'apiauths'],
  description: 'Gives roles to everybody whose claims it names, in its namespace and below.',
  propagates: true,
  attributes: {
    ...storedBase,
    ...named,
    ...described,
    ...disabling,
    ...policyAttributes,
    activeDuration: {
      type: 'string',
      description: 'How long it holds each time that activeSchedule says.',
      pattern: { regex: '^[0-9]+[smh]$', message: 'must be a number followed by s, m or h' },
      stored: true,
    },
    activeSchedule: {
      type: 'string',
      description: 'When it begins to hold, in cron notation and UTC; empty is always.',
      stored: true,
    },
    authorizedIdentities: {
      type: 'list',
      of: 'string',
      description: 'What it gives: roles such as @auth:role=enforcer, or <identity>,<method>.',
      required: true,
      stored: true,
    },
    authorizedNamespace: {
      type: 'string',
      description: 'One of authorizedNamespaces, the former way.',
      deprecated: true,
      stored: true,
    },
    authorizedNamespaces: {
      type: 'list',
      of: 'string',
      description: 'Where it holds, at its own namespace or below; empty is its own namespace.',
      stored: true,
    },
    authorizedSubnets: {
      type: 'list',
      of: 'string',
      description: 'If given, it holds only for requests from these networks.',
      stored: true,
      validations: ['optionalCidrs'],
    },
    subject: {
      type: 'external',
      shape: 'stringLists',
      description: 'Whom it is for: any of the lists, all claims of a list.',
      stored: true,
      orderable: true,
      validations: ['tagsExpression', 'apiAuthSubject'],
    },
  },
  routes: [
    { on: 'object', operations: ['retrieve', 'update', 'patch'] },
    { on: 'object', operations: ['delete'], parameters: { q } },
    {
      on: 'collection',
      operations: ['retrieve-many', 'info'],
      parameters: { propagated: { type: 'boolean' }, q },
    },
    { on: 'collection', operations: ['create'] },
  ],
  columns: ['name', 'namespace', 'subject', 'authorizedIdentities', 'disabled'],
} as const satisfies EntityDefinition
