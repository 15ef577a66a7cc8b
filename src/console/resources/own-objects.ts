import type { WireObject } from '../../contract/entity/definition.ts'
import { evaluateFilter } from '../../contract/filter/evaluate.ts'
import type { Filter } from '../../contract/filter/filter.ts'
import type { Principal } from '../auth/principal.ts'
import type { ConsoleServices } from '../services.ts'
import type { HookContext, Resource, StoredResource } from './resource.ts'

/** What limits a caller to its own objects, or undefined when it reaches all. */
export function ownFilter(resource: StoredResource, { call, services }: HookContext): Filter | undefined {
  if (call.caller?.reach !== 'own') return undefined
  const own = resource.own?.(call.caller.principal, services)
  // A role that says "own" of an entity that has no owners reaches nothing.
  return own ?? { kind: 'or', parts: [] }
}

/** Whether an object is among somebody's own. */
export function isOwn(object: WireObject, own: Filter): boolean {
  return evaluateFilter(own, { object, now: new Date(0), matches: () => false })
}

/** For a reader that reaches but its own objects. */
export function isOwnOf(
  what: { readonly resource: Resource; readonly object: WireObject; readonly principal: Principal },
  services: ConsoleServices,
): boolean {
  const { resource, object, principal } = what
  if (resource.kind === 'virtual') return resource.mayHear?.(object, { principal, services }) === true
  const own = resource.own?.(principal, services)
  return own !== undefined && isOwn(object, own)
}
