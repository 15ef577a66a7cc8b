import { createHash } from 'node:crypto'
import type { WireObject } from '../../contract/entity/definition.ts'
import type { Call } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ObjectEvent } from '../services.ts'
import type { StoreWriter } from '../store/store.ts'
import type { HookContext } from './resource.ts'

/** The answer that the same client got to the same request with the same idempotency key. */
export function formerAnswer(writer: StoreWriter, call: Call): unknown {
  const key = keyOf(call)
  const former = key === undefined ? undefined : writer.rememberedAnswer(key)
  if (former === undefined) return undefined
  if (former.fingerprint !== fingerprintOf(call)) {
    throw refuse(422, 'The Idempotency-Key was used for another request')
  }
  return JSON.parse(former.answer) as unknown
}

/** What a write did: what to answer, and what to tell once it is durable. */
interface Done {
  readonly answer: WireObject
  /** What a repetition is answered with, where that is something else. */
  readonly remembered?: WireObject | undefined
  readonly events: readonly ObjectEvent[]
}

/** Runs `work` in a transaction and tells what happened; for a repetition nothing is done, nor told. */
export function writeOnce({ call, services }: HookContext, work: (writer: StoreWriter) => Done): WireObject {
  const { answer, events } = services.store.write((writer): Done => {
    const former = formerAnswer(writer, call)
    if (former !== undefined) return { answer: former as WireObject, events: [] }
    const done = work(writer)
    rememberAnswer(writer, { context: { call, services }, answer: done.remembered ?? done.answer })
    return done
  })
  for (const event of events) services.publish(event)
  return answer
}

/** Keeps an answer for a client that sends its request again. In the transaction of what it did. */
export function rememberAnswer(
  writer: StoreWriter,
  what: { readonly context: HookContext; readonly answer: WireObject },
): void {
  const { call, services } = what.context
  const key = keyOf(call)
  if (key === undefined) return
  writer.rememberAnswer(key, {
    fingerprint: fingerprintOf(call),
    answer: JSON.stringify(what.answer),
    nowMs: nowOf(services).getTime(),
  })
}

/** Keys of one client must not reach answers of another. */
function keyOf({ idempotencyKey, caller }: Call): string | undefined {
  if (idempotencyKey === undefined) return undefined
  return createHash('sha256')
    .update(JSON.stringify([caller?.principal.key, idempotencyKey]))
    .digest('hex')
}

/** With the key in it: the body may hold a password, and its bare hash could be tried offline. */
function fingerprintOf(call: Call): string {
  const { idempotencyKey, definition, operation, id, namespace, body } = call
  return createHash('sha256')
    .update(JSON.stringify([idempotencyKey, definition.name, operation, id, namespace, body]))
    .digest('hex')
}
