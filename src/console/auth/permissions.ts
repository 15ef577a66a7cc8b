import type { Operation } from '../../contract/entity/definition.ts'
import { entities } from '../../contract/entities/registry.ts'
import { findRole, type RoleDefinition } from './roles.ts'

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
const methods = [...new Set(Object.values(methodOf))]

/** What a list of roles allows, or of `identity,method,…` as restrictions may name. Unknown ones allow nothing. */
export function permissionsOf(grants: readonly string[]): Permissions {
  const permissions = new Map<string, Reach>()
  for (const grant of grants) {
    const role = findRole(grant)
    for (const [key, reach] of role === undefined ? plainGrant(grant) : roleGrants(role)) {
      if (permissions.get(key) !== 'all') permissions.set(key, reach)
    }
  }
  return permissions
}

/** How far a caller may do this, if at all. */
export function reachOf(
  permissions: Permissions,
  wanted: { readonly name: string; readonly operation: Operation },
): Reach | undefined {
  return permissions.get(`${wanted.name},${methodOf[wanted.operation]}`)
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

/** `namespace,post` or `namespace,get,post`; `*` for any identity or method. */
function* plainGrant(grant: string): Generator<readonly [string, Reach]> {
  const [identity = '', ...listed] = grant.toLowerCase().split(',')
  const names = identity === '*' ? entities.all.map(({ name }) => name) : [identity]
  const wanted = listed.includes('*') || listed.includes('any') ? methods : listed
  for (const name of names) for (const method of wanted) yield [`${name},${method}`, 'all']
}
