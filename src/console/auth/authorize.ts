import { audienceCovers, parseAudience } from '../../contract/audience.ts'
import type { EntityDefinition, Operation } from '../../contract/entity/definition.ts'
import { entities } from '../../contract/entities/registry.ts'
import { isWithinNamespace } from '../../contract/namespace-name.ts'
import { refuse } from '../refused-request.ts'
import { grantsIn, type Grant } from './grants.ts'
import {
  isCovered,
  operations,
  permissionKey,
  permissionsOf,
  type Permissions,
  type Reach,
} from './permissions.ts'
import type { Principal } from './principal.ts'

export interface WantedAccess {
  readonly definition: Pick<EntityDefinition, 'name' | 'category'>
  readonly operation: Operation
  readonly namespace: string
}

/** Whether the caller may do this there, and to whose objects; refuses with 403 if not at all. */
export function authorize(principal: Principal, wanted: WantedAccess): Reach {
  const reach = reachOf(principal, wanted)
  if (reach !== undefined) return reach
  const { definition, operation, namespace } = wanted
  throw refuse(403, `You are not allowed to ${operation} ${definition.name} in namespace '${namespace}'`)
}

/** As authorize; undefined when not at all. */
export function reachOf(principal: Principal, wanted: WantedAccess): Reach | undefined {
  const { definition, operation, namespace } = wanted
  if (!isInAudience(principal, wanted)) return undefined
  const key = permissionKey(definition.name, operation)
  return widest(grantsFor(principal, namespace).map(({ permissions }) => permissions.get(key)))
}

/** Whether there is anything at all that the caller may do in a namespace. */
export function hasAccessTo(principal: Principal, namespace: string): boolean {
  const grants = grantsFor(principal, namespace)
  return grants.some(({ weight, permissions }) => weight !== 'implied' && permissions.size > 0)
}

/** Everything the caller may do in a namespace, under all restrictions of the token. */
export function permissionsIn(principal: Principal, namespace: string): Permissions {
  const grants = grantsFor(principal, namespace)
  const all = new Map<string, Reach>()
  for (const definition of entities.all) {
    for (const operation of operations) {
      if (!isInAudience(principal, { definition, operation, namespace })) continue
      const key = permissionKey(definition.name, operation)
      const reach = widest(grants.map(({ permissions }) => permissions.get(key)))
      if (reach !== undefined) all.set(key, reach)
    }
  }
  return all
}

export interface Gift {
  readonly roles: readonly string[]
  readonly namespaces: readonly string[]
}

/** Refuses with 403 to give away what the caller does not have: each role, in each of the namespaces. */
export function checkMayGive(principal: Principal, { roles, namespaces }: Gift): void {
  for (const namespace of namespaces) {
    const free = grantsFor(principal, namespace).flatMap(({ mayGive }) => mayGive)
    const own = permissionsIn(principal, namespace)
    const beyond = roles.find((role) => !free.includes(role) && !isCovered(permissionsOf([role]), own))
    if (beyond !== undefined) {
      throw refuse(403, `You cannot give role '${beyond}' in namespace '${namespace}': it may more than you`)
    }
  }
}

/** Refuses with 403 to become, or to make others, somebody who has these grants. */
export function checkCovers(principal: Principal, grants: readonly Grant[]): void {
  for (const { namespaces, permissions } of grants) {
    const beyond = namespaces.find(
      (namespace) => !isCovered(permissions, permissionsIn(principal, namespace)),
    )
    if (beyond !== undefined) {
      throw refuse(403, `This would give more than you may do yourself in namespace '${beyond}'`)
    }
  }
}

function grantsFor(principal: Principal, namespace: string): readonly Grant[] {
  const top = principal.claims.restrictions?.namespace
  if (top !== undefined && !isWithinNamespace(namespace, top)) return []
  return grantsIn(principal.grants(), namespace)
}

function isInAudience({ claims }: Principal, { definition, operation, namespace }: WantedAccess): boolean {
  const { aud } = claims
  if (aud === undefined || aud === '') return true
  const audience = parseAudience(aud)
  const names = [definition.name, definition.category]
  return audience.ok && audienceCovers(audience.value, { operation, names, namespace })
}

function widest(reaches: readonly (Reach | undefined)[]): Reach | undefined {
  return reaches.includes('all') ? 'all' : reaches.find((reach) => reach !== undefined)
}
