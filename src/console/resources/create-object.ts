import { randomBytes } from 'node:crypto'
import { decodeWhole } from '../../contract/entity/decode.ts'
import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import { validateObject, validateWrite } from '../../contract/entity/validate.ts'
import type { Answer } from '../call.ts'
import { refuse, refuseAll } from '../refused-request.ts'
import { nowOf, type ObjectEvent } from '../services.ts'
import type { StoreWriter } from '../store/store.ts'
import { writeOnce } from './idempotency.ts'
import { withOrganizationalMetadata } from './organizational-metadata.ts'
import type { Draft, HookContext, StoredResource } from './resource.ts'
import { toShown, toStored } from './stored-object.ts'

/** Makes an object of what the client sent, keeps it, and tells whoever listens. */
export async function createObject(resource: StoredResource, context: HookContext): Promise<Answer> {
  const { call, services } = context
  const draft = draftOf(resource, { ...context, decoded: decodeNew(resource.definition, call.body) })
  await resource.prepareCreate?.(draft, context)
  const object = toStored(resource.definition, draft.object)
  const shown = toShown(resource, { object, services, single: true })
  const answer = { ...shown, ...draft.extra }
  const body = writeOnce(context, (writer) => {
    checkNamespace(context)
    insertObject(writer, { definition: resource.definition, object, internal: draft.internal })
    const events: ObjectEvent[] = [{ type: 'create', identity: resource.definition.name, object: shown }]
    resource.commitCreate?.(writer, { ...context, object, announce: (event) => events.push(event) })
    return { answer, remembered: resource.forRepeat?.(answer), events }
  })
  return { status: 200, body }
}

/** Reads and checks what a client sent for a new object; every entity is checked by its definition alone. */
export function decodeNew(definition: EntityDefinition, body: unknown): WireObject {
  const decoded = decodeWhole(definition, body)
  if (!decoded.ok) throw refuse(400, `Unable to read the body: ${decoded.problem}`)
  refuseAll(validateObject(definition, decoded.value))
  refuseAll(validateWrite(definition, { sent: decoded.value }))
  return decoded.value
}

/** 24 hexadecimal digits, as IDs of the vendor's Console look; they start with the time and so sort by it. */
export function newId(now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000)
  return seconds.toString(16).padStart(8, '0') + randomBytes(8).toString('hex')
}

/** Refuses what is asked of a namespace that is not there. */
export function checkNamespace({ call, services }: HookContext): void {
  if (services.store.namespaceExists(call.namespace)) return
  throw refuse(404, `Namespace '${call.namespace}' does not exist`)
}

/** A new object in the namespace of the call, of what a client wants it to be. */
export function draftOf(
  resource: StoredResource,
  { call, services, decoded }: HookContext & { readonly decoded: WireObject },
): Draft {
  const now = nowOf(services)
  const wanted =
    resource.policeable === true ? withOrganizationalMetadata(decoded, { call, services }) : decoded
  const object = {
    ...wanted,
    ID: newId(now),
    namespace: call.namespace,
    createTime: now.toISOString(),
    updateTime: now.toISOString(),
  }
  return { object, internal: {}, extra: {} }
}

/** Refuses what would be there twice. */
export function insertObject(
  writer: StoreWriter,
  what: { readonly definition: EntityDefinition; readonly object: WireObject; readonly internal: WireObject },
): void {
  try {
    writer.insert(what.definition, what)
  } catch (cause) {
    if (!String((cause as { code?: unknown }).code).startsWith('SQLITE_CONSTRAINT')) throw cause
    throw refuse(422, { title: 'Duplicate Key', text: 'Another object exists with the same key' })
  }
}
