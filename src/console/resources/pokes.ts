import { enforcer } from '../../contract/entities/enforcer.ts'
import { processingUnit } from '../../contract/entities/processing-unit.ts'
import { poke } from '../../contract/entities/poke.ts'
import { textOf, type EntityDefinition, type WireObject } from '../../contract/entity/definition.ts'
import { isSet, textParameter, type Call } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import type { StoredObject } from '../store/store.ts'
import { refreshOfUnit } from './processing-unit-refreshes.ts'
import { keepSystemTags } from './stored-object.ts'
import type { HookContext, VirtualResource } from './resource.ts'

/** News from an enforcer: attributes to change, and what to remember beside them. */
interface News {
  readonly object: WireObject
  readonly internal: WireObject
}

type ReadNews = (stored: StoredObject, context: HookContext) => News | undefined

const readers: Readonly<Record<string, ReadNews>> = {
  [enforcer.name]: newsOfEnforcer,
  [processingUnit.name]: newsOfProcessingUnit,
}

/** The heartbeat: a read that writes. It leaves updateTime alone, or no person could ever change the object. */
export const pokes: VirtualResource = {
  kind: 'virtual',
  definition: poke,
  access: 'token',
  list: (context) => {
    const { call, services } = context
    const definition = call.parent?.definition ?? enforcer
    const read = readers[definition.name]
    if (call.operation === 'info' || read === undefined) return { objects: [] }
    const changed = services.store.write((writer) => {
      const stored = writer.find(definition, call.parent?.id ?? '')
      if (stored === undefined) throw refuse(404, `Unable to find the ${definition.name}`)
      const news = read(stored, context)
      if (news === undefined) return undefined
      const object = keepSystemTags(definition, { ...stored.object, ...news.object })
      writer.replace(definition, { object, internal: news.internal, revision: stored.revision })
      return { before: stored.object, after: object }
    })
    if (changed !== undefined) announce(definition, { ...changed, services })
    if (changed !== undefined && isSet(call, 'notify'))
      services.publish(refreshOfUnit({ unit: changed.after, options: {} }, services))
    return { objects: [] }
  },
}

function newsOfEnforcer(stored: StoredObject, { call, services }: HookContext): News | undefined {
  const session = textParameter(call, 'sessionID')
  const former = textOf(stored.internal, 'sessionID')
  const closes = isSet(call, 'sessionClose')
  // The goodbye of a process that has been replaced must not cut off its successor.
  if (closes && session !== undefined && former !== '' && session !== former) return undefined
  const status = closes ? 'Disconnected' : (textParameter(call, 'status') ?? 'Connected')
  return {
    object: {
      lastSyncTime: nowOf(services).toISOString(),
      operationalStatus: status,
      ...given(call, { enforcementStatus: 'enforcementStatus', version: 'currentVersion' }),
    },
    internal: { ...stored.internal, ...(session === undefined ? {} : { sessionID: session }) },
  }
}

function newsOfProcessingUnit(stored: StoredObject, { call }: HookContext): News {
  const object = given(call, { status: 'operationalStatus', enforcementStatus: 'enforcementStatus' })
  return { object, internal: stored.internal }
}

/** Attributes by the parameter that brings them, where it was given. */
function given(call: Call, attributes: Readonly<Record<string, string>>): WireObject {
  const object: WireObject = {}
  for (const [parameter, attribute] of Object.entries(attributes)) {
    const value = textParameter(call, parameter)
    if (value !== undefined) object[attribute] = value
  }
  return object
}

/** Only what changed is news to others: a heartbeat as such is none. */
function announce(
  definition: EntityDefinition,
  change: { readonly before: WireObject; readonly after: WireObject; readonly services: ConsoleServices },
): void {
  const { before, after, services } = change
  const watched = ['operationalStatus', 'enforcementStatus', 'currentVersion']
  if (watched.every((name) => before[name] === after[name])) return
  const moved = before['operationalStatus'] !== after['operationalStatus']
  const previous = moved ? { previousOperationalStatus: before['operationalStatus'] } : {}
  services.publish({ type: 'update', identity: definition.name, object: { ...after, ...previous } })
}
