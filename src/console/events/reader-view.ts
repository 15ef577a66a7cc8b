import { entities } from '../../contract/entities/registry.ts'
import { isWithinNamespace } from '../../contract/namespace-name.ts'
import { reachOf } from '../auth/authorize.ts'
import type { Principal } from '../auth/principal.ts'
import { resourceByName } from '../resources/call-resource.ts'
import { isOwnOf } from '../resources/own-objects.ts'
import { matchesNow } from '../resources/read-query.ts'
import type { ConsoleServices, ObjectEvent } from '../services.ts'
import type { PushConfig } from './push-config.ts'

/** Where a reader listens. */
export interface ListeningPlace {
  readonly namespace: string
  /** With the namespaces below. */
  readonly recursive: boolean
}

/** Events of the place of the reader, of those below if it wants to, and what propagates from those above. */
export function isInScope(
  { identity, object }: ObjectEvent,
  { namespace, recursive }: ListeningPlace,
): boolean {
  const place = String(object['namespace'])
  if (place === namespace) return true
  if (recursive && isWithinNamespace(place, namespace)) return true
  const shared = object['propagate'] === true || entities.byName(identity)?.propagates === true
  const propagates = shared && object['propagationHidden'] !== true
  return propagates && isWithinNamespace(namespace, place)
}

/** What the reader said it wants. */
export function isWanted(
  { identity, type, object }: ObjectEvent,
  { config, services }: { readonly config: PushConfig; readonly services: ConsoleServices },
): boolean {
  const { identities, filters } = config
  const types = identities === undefined ? [] : identities.get(identity)
  if (types === undefined || (types.length > 0 && !types.includes(type))) return false
  const filter = filters.get(identity)
  return filter === undefined || matchesNow(filter, { object, services })
}

/** Only what the reader could get by asking. */
export function maySee(
  { identity, object }: ObjectEvent,
  {
    principal,
    namespace,
    services,
  }: { readonly principal: Principal; readonly namespace: string; readonly services: ConsoleServices },
): boolean {
  const definition = entities.byName(identity)
  const resource = resourceByName(identity)
  if (definition === undefined || resource === undefined) return false
  const reach = reachOf(principal, { definition, operation: 'retrieve', namespace })
  if (reach !== 'own') return reach === 'all'
  return isOwnOf({ resource, object, principal }, services)
}
