import { randomUUID } from 'node:crypto'
import { startDeadline, type Deadline } from '../../async/deadline.ts'
import { retry, type RetryVerdict } from '../../async/retry.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Secret } from '../../secrets/secret.ts'
import { pathOf, type ApiAnswer, type ApiCall, type CallOptions } from '../call.ts'
import type { ConsoleLimits, ConsoleWorld } from '../console-client.ts'
import { isWorthRetrying, RefusedByConsole, translateApiError } from '../errors.ts'
import type { Wire, WireAnswer, WireRequest } from '../wire/wire.ts'
import { readAnswer } from './read-answer.ts'
import type { TokenSource } from './token-source.ts'

export interface CallerOptions {
  readonly api: string
  /** The address of the proxy in between, for errors. */
  readonly proxy?: string | undefined
  readonly namespace: string
  readonly limits: Pick<ConsoleLimits, 'callTimeoutMs' | 'attempts'>
}

export interface CallerWorld extends Pick<ConsoleWorld, 'clock' | 'random' | 'hear'> {
  readonly wire: Wire
  readonly tokens: TokenSource | undefined
}

/** Makes calls over a wire: headers, token, retries, deadline, errors. */
export interface Caller {
  call(call: ApiCall, options?: CallOptions): Promise<ApiAnswer>
  /** Runs `action` and translates what it throws as if it were the call `what`. */
  guard<Result>(what: string, action: () => Promise<Result>): Promise<Result>
}

/** Doubling from here; whatever else is waited comes on top, so that clients do not come back all at once. */
const usualBackoff = { baseMs: 200, capMs: 60_000 }
/** A Console that answers that it cannot is left alone for longer, as by the official client: 1, 2, 4 … s. */
const restMs = 1_000
const mostRestMs = 60_000
const writes = new Set(['POST', 'PUT', 'PATCH'])

export function createCaller(options: CallerOptions, world: CallerWorld): Caller {
  const guard: Caller['guard'] = async (what, action) => {
    try {
      return await action()
    } catch (error) {
      throw translateApiError(error, { what, api: options.api, proxy: options.proxy })
    }
  }
  return {
    guard,
    call: (call, how = {}) =>
      guard(`${call.method} /${call.path.join('/')}`, async () => {
        const deadline = startDeadline(how.timeoutMs ?? options.limits.callTimeoutMs, how.signal)
        try {
          return await callPatiently({ call, options, deadline }, world)
        } finally {
          deadline.clear()
        }
      }),
  }
}

interface Undertaking {
  readonly call: ApiCall
  readonly options: CallerOptions
  readonly deadline: Pick<Deadline, 'signal' | 'remainingMs'>
}

/** Sends until it is answered, judged hopeless, or the attempts and the deadline are used up. */
async function callPatiently(work: Undertaking, world: CallerWorld): Promise<ApiAnswer> {
  const { call, deadline } = work
  const { signal } = deadline
  // One key for all attempts: the Console answers a repeated write with what it did the first time.
  const idempotencyKey = writes.has(call.method) ? (call.idempotencyKey ?? randomUUID()) : undefined
  let lastFailure: unknown
  try {
    return await retry((attempt) => callAsSomebody({ ...work, signal, attempt, idempotencyKey }, world), {
      ...usualBackoff,
      attempts: work.options.limits.attempts,
      signal,
      clock: world.clock,
      random: world.random,
      remainingMs: () => deadline.remainingMs(),
      judge: (error, attempt) => judge((lastFailure = error), attempt),
    })
  } catch (error) {
    // When the time ends during a wait, why it had to wait says more than that the time ended.
    if (signal.aborted && error === signal.reason && lastFailure instanceof RefusedByConsole)
      throw lastFailure
    throw error
  }
}

function judge(error: unknown, attempt: number): RetryVerdict {
  if (error instanceof ApoctlError || !isWorthRetrying(error)) return { retry: false }
  if (!(error instanceof RefusedByConsole)) return { retry: true }
  return { retry: true, afterMs: error.retryAfterMs ?? Math.min(restMs * 2 ** (attempt - 1), mostRestMs) }
}

interface Attempt extends Omit<Undertaking, 'deadline'> {
  readonly signal: AbortSignal
  readonly attempt: number
  readonly idempotencyKey: string | undefined
}

/** One attempt; when the Console does not take the token, one more with a new one. */
async function callAsSomebody(work: Attempt, world: CallerWorld): Promise<ApiAnswer> {
  const token = work.call.anonymous ? undefined : await world.tokens?.current(work.signal)
  try {
    return await callOnce({ ...work, token }, world)
  } catch (error) {
    const status = error instanceof RefusedByConsole ? error.status : undefined
    if (!token || (status !== 401 && status !== 403)) throw error
    const next = await world.tokens?.replace({ stale: token, status }, work.signal)
    if (!next) throw error
    return callOnce({ ...work, token: next }, world)
  }
}

async function callOnce(
  work: Attempt & { readonly token: Secret | undefined },
  { wire, hear }: Pick<CallerWorld, 'wire' | 'hear'>,
): Promise<ApiAnswer> {
  const { call } = work
  const answer = await wire.send(toRequest(work))
  if (isFine(answer, call)) {
    const read = readAnswer(answer, call)
    for (const message of read.messages) hear?.(message)
    return read
  }
  // An earlier attempt has deleted it and only its answer was lost.
  if (call.method === 'DELETE' && answer.status === 404 && work.attempt > 1) return readAnswer(answer, call)
  throw new RefusedByConsole(answer)
}

function isFine(answer: WireAnswer, call: ApiCall): boolean {
  return (answer.status >= 200 && answer.status < 300) || (call.alsoFine?.includes(answer.status) ?? false)
}

function toRequest(work: Attempt & { readonly token: Secret | undefined }): WireRequest {
  const { call, token, idempotencyKey, signal } = work
  const namespace = call.namespace ?? work.options.namespace
  const headers: [string, string][] = [['accept', 'application/json']]
  if (token) headers.push(['authorization', `Bearer ${token.reveal()}`])
  if (!call.anonymous && namespace !== '') headers.push(['x-namespace', namespace])
  if (idempotencyKey !== undefined) headers.push(['idempotency-key', idempotencyKey])
  // One line per field: the Console does not split at commas.
  for (const field of call.fields ?? []) headers.push(['x-fields', field])
  if (call.body === undefined) return { method: call.method, path: pathOf(call), headers, signal }
  headers.push(['content-type', 'application/json'])
  return { method: call.method, path: pathOf(call), headers, body: JSON.stringify(call.body), signal }
}
