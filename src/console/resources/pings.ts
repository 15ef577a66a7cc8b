import { pingProbe } from '../../contract/entities/ping/ping-probe.ts'
import { pingResult } from '../../contract/entities/ping/ping-result.ts'
import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { isWithinNamespace } from '../../contract/namespace-name.ts'
import { refuse } from '../refused-request.ts'
import { nowOf } from '../services.ts'
import { findAll, where } from './find-all.ts'
import type { StoredResource } from './resource.ts'

/** Collected by the Console alone; the model has no way to write one. */
export const pingResults: StoredResource = { kind: 'stored', definition: pingResult }

/** What one end saw goes into the result of its ping. */
export const pingProbes: StoredResource = {
  kind: 'stored',
  definition: pingProbe,
  prepareCreate: ({ object }, { call, services }) => {
    object['processingUnitID'] = call.parent?.id ?? object['processingUnitID']
    if (call.caller?.reach !== 'own') return
    const claimed = textOf(object, 'enforcerID')
    const own = services.store.boundTo(call.caller.principal.key)
    if (!own.includes(claimed)) throw refuse(403, `Enforcer '${claimed}' is not yours`)
  },
  commitCreate: (writer, context) => {
    const filter = where('pingID', ['==', textOf(context.object, 'pingID')])
    const [found] = findAll({ definition: pingResult, filter }, context.services)
    const stored = found === undefined ? undefined : writer.find(pingResult, textOf(found, 'ID'))
    // The probe of a ping that was forgotten is kept for whoever knows its identifier.
    if (stored === undefined) return
    const updateTime = nowOf(context.services).toISOString()
    const object = { ...withProbe(stored.object, context.object), updateTime }
    writer.replace(pingResult, { ...stored, object })
  },
  own: (principal, services) => where('enforcerID', ['in', services.store.boundTo(principal.key)]),
}

/** A result with one more probe: in its pair, or only named where it lives outside of the result's namespace. */
function withProbe(result: WireObject, probe: WireObject): WireObject {
  const namespace = textOf(probe, 'namespace')
  if (!isWithinNamespace(namespace, textOf(result, 'namespace'))) {
    const remote = { namespace, namespaceType: 'Plain', probeID: probe['ID'] }
    return { ...result, remoteProbes: [...listOf(result['remoteProbes']), remote] }
  }
  const pairs = listOf(result['pingPairs'])
  const at = pairs.findIndex((pair) => iterationOf(pair) === probe['iterationIndex'])
  const pair = pairs[at] ?? { request: null, response: null }
  const joined = joinProbe(pair, probe)
  if (joined === undefined) {
    return { ...result, errors: [...((result['errors'] ?? []) as string[]), textOf(probe, 'error')] }
  }
  return { ...result, pingPairs: at < 0 ? [...pairs, joined] : pairs.with(at, joined) }
}

/**
 * A client that got no answer reports a request too. What the server saw tells more; then only the error of
 * the client is kept, and undefined says so.
 */
function joinProbe(pair: WireObject, probe: WireObject): WireObject | undefined {
  if (probe['type'] === 'Response') return { ...pair, response: probe }
  const former = pair['request'] as WireObject | null
  return former?.['isServer'] === true && probe['isServer'] !== true ? undefined : { ...pair, request: probe }
}

function iterationOf({ request, response }: WireObject): unknown {
  return ((request ?? response) as WireObject | null)?.['iterationIndex']
}

function listOf(value: unknown): readonly WireObject[] {
  return Array.isArray(value) ? (value as WireObject[]) : []
}
