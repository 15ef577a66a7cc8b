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
  if (!audienceOf(principal)(wanted)) return undefined
  const key = permissionKey(definition.name, operation)
  return widest(grantsFor(principal, namespace).map(({ permissions }) => permissions.get(key)))
}

/** Whether there is anything at all that the caller may do in a namespace. */
export function hasAccessTo(principal: Principal, namespace: string): boolean {
  return hasAnyOf(principal, { namespace, among: operations })
}

/** Whether there is anything that the caller may hear of in a namespace: what one may not read happens unheard. */
export function mayListenIn(principal: Principal, namespace: string): boolean {
  return hasAnyOf(principal, { namespace, among: ['retrieve'] })
}

function hasAnyOf(
  principal: Principal,
  { namespace, among }: { readonly namespace: string; readonly among: readonly Operation[] },
): boolean {
  const grants = grantsFor(principal, namespace).filter(({ weight }) => weight !== 'implied')
  if (grants.length === 0) return false
  const isInAudience = audienceOf(principal)
  return entities.all.some((definition) =>
    among.some(
      (operation) =>
        grants.some(({ permissions }) => permissions.has(permissionKey(definition.name, operation))) &&
        isInAudience({ definition, operation, namespace }),
    ),
  )
}

/** Everything the caller may do in a namespace, under all restrictions of the token. */
export function permissionsIn(principal: Principal, namespace: string): Permissions {
  const grants = grantsFor(principal, namespace)
  const isInAudience = audienceOf(principal)
  const all = new Map<string, Reach>()
  for (const definition of entities.all) {
    for (const operation of operations) {
      if (!isInAudience({ definition, operation, namespace })) continue
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

/** What the audience of a token covers; everything when it has none. */
function audienceOf({ claims }: Principal): (wanted: WantedAccess) => boolean {
  const { aud } = claims
  if (aud === undefined) return () => true
  const audience = parseAudience(aud)
  if (!audience.ok) return () => false
  return ({ definition, operation, namespace }) =>
    audienceCovers(audience.value, {
      operation,
      names: [definition.name, definition.category],
      namespace,
    })
}

function widest(reaches: readonly (Reach | undefined)[]): Reach | undefined {
  return reaches.includes('all') ? 'all' : reaches.find((reach) => reach !== undefined)
}
