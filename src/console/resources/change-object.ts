import { decodeSparse } from '../../contract/entity/decode.ts'
import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import { validateObject, validateWrite } from '../../contract/entity/validate.ts'
import { newObject } from '../../contract/entity/zero-value.ts'
import { isSet, type Answer } from '../call.ts'
import { refuse, refuseAll } from '../refused-request.ts'
import { nowOf } from '../services.ts'
import type { StoredObject } from '../store/store.ts'
import { formerAnswer, rememberAnswer } from './idempotency.ts'
import { answersFilter, findObject } from './list-objects.ts'
import type { Draft, HookContext, StoredResource } from './resource.ts'
import { toShown, toStored } from './stored-object.ts'

/** How often a change is worked out again because another came between. */
const attempts = 5

/** PUT and PATCH. */
export async function changeObject(resource: StoredResource, context: HookContext): Promise<Answer> {
  const former = formerOrUndefined(context)
  if (former !== undefined) return former
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const answer = await tryChange(resource, context)
    if (answer !== undefined) return answer
  }
  throw refuse(503, 'The object is being changed by others; try again')
}

/** Undefined when the object changed between reading and writing. */
async function tryChange(resource: StoredResource, context: HookContext): Promise<Answer | undefined> {
  const { services } = context
  const stored = findObject(resource, context)
  const draft = draftOf(resource, { ...context, stored })
  await resource.prepareUpdate?.(draft, { ...context, stored })
  const object = toStored(resource.definition, { ...draft.object, updateTime: nowOf(services).toISOString() })
  const { internal } = draft
  const shown = toShown(resource, { object, services, single: true })
  const answer = { ...shown, ...draft.extra }
  const done = services.store.write((writer) => {
    if (!writer.replace(resource.definition, { object, internal, revision: stored.revision })) return false
    // A repetition that ran beside this one finds another revision, and then this answer.
    rememberAnswer(writer, { context, answer: resource.forRepeat?.(answer) ?? answer })
    return true
  })
  if (!done) return formerOrUndefined(context)
  const before = stored.object['operationalStatus']
  const previous = before === shown['operationalStatus'] ? {} : { previousOperationalStatus: before }
  services.publish({
    type: 'update',
    identity: resource.definition.name,
    object: { ...shown, ...previous },
  })
  return { status: 200, body: answer }
}

function formerOrUndefined({ call, services }: HookContext): Answer | undefined {
  const former = services.store.write((writer) => formerAnswer(writer, call))
  return former === undefined ? undefined : { status: 200, body: former }
}

/** PUT: what was sent, over defaults. PATCH: what was sent, over what is there. */
function draftOf(resource: StoredResource, context: HookContext & { readonly stored: StoredObject }): Draft {
  const { call, stored } = context
  const { definition } = resource
  const sent = decodeSparse(definition, call.body)
  if (!sent.ok) throw refuse(400, `Unable to read the body: ${sent.problem}`)
  refuseAll(validateWrite(definition, { sent: sent.value, stored: stored.object }))
  const base = call.operation === 'patch' ? {} : newObject(definition)
  const whole = { ...newObject(definition), ...stored.object, ...base, ...sent.value }
  const object = { ...whole, ...untouchable(definition, stored.object) }
  refuseAll(validateObject(definition, object))
  return { object, internal: { ...stored.internal }, extra: {} }
}

/** What no client changes keeps its value, also where the client left it out. */
function untouchable(definition: EntityDefinition, stored: WireObject): WireObject {
  const names = Object.entries(definition.attributes)
    .filter(
      ([name, attribute]) =>
        name in stored && (attribute.readOnly === true || attribute.creationOnly === true),
    )
    .map(([name]) => name)
  return Object.fromEntries(names.map((name) => [name, stored[name]]))
}

export function deleteObject(resource: StoredResource, context: HookContext): Answer {
  const { call, services } = context
  const { object } = findObject(resource, context)
  if (!answersFilter(object, context)) throw refuse(404, 'Unable to find the requested resource')
  if (object['protected'] === true && !isSet(call, 'override')) {
    throw refuse(403, 'The object is protected; only a request with override=true deletes it')
  }
  const alongside = services.store.write((writer) => {
    const others = resource.commitDelete?.(writer, { object, services, call }) ?? []
    return writer.remove(resource.definition, call.id) ? others : undefined
  })
  if (alongside === undefined) throw refuse(404, 'Unable to find the requested resource')
  for (const other of alongside)
    services.publish({ type: 'delete', identity: other.definition.name, object: other.object })
  const shown = toShown(resource, { object, services, single: true })
  services.publish({ type: 'delete', identity: resource.definition.name, object: shown })
  return { status: 200, body: shown }
}
