import { apiAuthorizationPolicy } from '../../contract/entities/identity/api-authorization-policy.ts'
import type { WireObject } from '../../contract/entity/definition.ts'
import { isWithinNamespace, parseNamespaceName } from '../../contract/namespace-name.ts'
import { scheduleProblem } from '../auth/active-schedule.ts'
import { checkMayGive } from '../auth/authorize.ts'
import { customerProblem } from '../auth/clouds/cloud-customers.ts'
import { grantProblem } from '../auth/permissions.ts'
import { namespacesOf } from '../auth/policy-book.ts'
import { refuse } from '../refused-request.ts'
import type { Draft, HookContext, StoredResource } from './resource.ts'

/** API authorizations: nobody gives away, here or below, what they have not. */
export const apiAuthorizationPolicies: StoredResource = {
  kind: 'stored',
  definition: apiAuthorizationPolicy,
  prepareCreate: checkPolicy,
  prepareUpdate: checkPolicy,
}

function checkPolicy({ object }: Draft, { call }: HookContext): void {
  const roles = object['authorizedIdentities'] as readonly string[]
  const namespaces = namespacesOf(object)
  const problems = {
    authorizedIdentities: roles.map(grantProblem).find((text) => text !== undefined),
    authorizedNamespaces: namespacesProblem(object, namespaces),
    activeSchedule: scheduleProblem(String(object['activeSchedule']), String(object['activeDuration'])),
    subject: subjectProblem(object['subject'] as readonly (readonly string[])[]),
  }
  for (const [attribute, text] of Object.entries(problems)) {
    if (text !== undefined) throw refuse(422, { text, data: { attribute } })
  }
  if (call.caller !== undefined) checkMayGive(call.caller.principal, { roles, namespaces })
}

function namespacesProblem(object: WireObject, namespaces: readonly string[]): string | undefined {
  const top = String(object['namespace'])
  for (const namespace of namespaces) {
    const name = parseNamespaceName(namespace)
    if (!name.ok) return name.problem
    if (!isWithinNamespace(namespace, top)) return `'${namespace}' is not '${top}' or below it`
  }
  return undefined
}

/** A policy for app credentials would have no effect, which is worse than an answer. */
function subjectProblem(subject: readonly (readonly string[])[]): string | undefined {
  return subject.flat().includes('@auth:realm=certificate')
    ? 'App credentials carry their roles themselves: change the roles of the app credential'
    : subject.map(customerProblem).find((text) => text !== undefined)
}
