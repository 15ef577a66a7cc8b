import type { Operation } from '../../contract/entity/definition.ts'
import { entities } from '../../contract/entities/registry.ts'
import { findRole, roles, type RoleDefinition } from './roles.ts'

/** Whose objects a permission reaches: everyone's in the namespace, or only the caller's own. */
export type Reach = 'all' | 'own'

/**
 * What a caller may do: for `identity,method`, how far. Written out for every identity there is, so that
 * two sets can be compared and intersected without thinking about wildcards.
 */
export type Permissions = ReadonlyMap<string, Reach>

const methodOf: Readonly<Record<Operation, string>> = {
  'retrieve-many': 'get',
  retrieve: 'get',
  info: 'head',
  create: 'post',
  update: 'put',
  patch: 'patch',
  delete: 'delete',
}
export const operations = Object.keys(methodOf) as readonly Operation[]
const methods = [...new Set(Object.values(methodOf))]

/** What a list of roles allows, or of `identity,method,…` as restrictions may name. Unknown ones allow nothing. */
export function permissionsOf(grants: readonly string[]): Permissions {
  const [first] = grants
  const role = grants.length === 1 ? permissionsByRole.get(first ?? '') : undefined
  if (role !== undefined) return role
  const permissions = new Map<string, Reach>()
  for (const grant of new Set(grants)) {
    for (const [key, reach] of permissionsByRole.get(grant) ?? plainGrant(grant)) {
      if (permissions.get(key) !== 'all') permissions.set(key, reach)
    }
  }
  return permissions
}

/** The name of a permission: of entity and operation. */
export function permissionKey(name: string, operation: Operation): string {
  return `${name},${methodOf[operation]}`
}

/** What is wrong with what somebody wants to give, or undefined: it is no role and names no permission. */
export function grantProblem(grant: string): string | undefined {
  if (findRole(grant) !== undefined) return undefined
  const [identity = '', ...listed] = grant.toLowerCase().split(',')
  const known = identity === '*' || entities.byName(identity) !== undefined
  const good =
    listed.length > 0 && listed.every((method) => anyMethod.has(method) || methods.includes(method))
  return known && good ? undefined : `There is no role '${grant}'; see /roles`
}

/** What both allow. */
export function intersection(one: Permissions, other: Permissions): Permissions {
  const both = new Map<string, Reach>()
  for (const [key, reach] of one) {
    const second = other.get(key)
    if (second !== undefined) both.set(key, reach === 'own' ? 'own' : second)
  }
  return both
}

/** True when nothing in `inner` goes beyond `outer`. */
export function isCovered(inner: Permissions, outer: Permissions): boolean {
  return [...inner].every(([key, reach]) => {
    const allowed = outer.get(key)
    return allowed === 'all' || (allowed === 'own' && reach === 'own')
  })
}

function* roleGrants(role: RoleDefinition): Generator<readonly [string, Reach]> {
  const { authorizations } = role
  for (const { name } of entities.all) {
    const reach = role.own.includes(name) ? 'own' : 'all'
    for (const method of authorizations[name] ?? authorizations['*'] ?? []) yield [`${name},${method}`, reach]
  }
}

const anyMethod = new Set(['*', 'any'])

/** `namespace,post` or `namespace,get,post`; `*` for any identity or method. */
function* plainGrant(grant: string): Generator<readonly [string, Reach]> {
  const [identity = '', ...listed] = grant.toLowerCase().split(',')
  const names = identity === '*' ? entities.all.map(({ name }) => name) : [identity]
  const wanted = listed.some((method) => anyMethod.has(method)) ? methods : listed
  for (const name of names) for (const method of wanted) yield [`${name},${method}`, 'all']
}

/** Roles never change: what they allow is written out once. */
const permissionsByRole: ReadonlyMap<string, Permissions> = new Map(
  roles.map((role) => [role.key, new Map(roleGrants(role))]),
)
