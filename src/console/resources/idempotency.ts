import { createHash } from 'node:crypto'
import type { WireObject } from '../../contract/entity/definition.ts'
import type { Call } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { nowOf } from '../services.ts'
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
