import type { Clock } from '../../async/clock.ts'
import type { Secret } from '../../secrets/secret.ts'
import { readTokenLife } from './token-claims.ts'

/** Where the bearer token of a client comes from. */
export interface TokenSource {
  /** A token that should be good now. */
  current(signal?: AbortSignal): Promise<Secret>
  /** The Console refused `stale`: a newer token, or undefined when there is no way to get one. */
  replace(stale: Secret, signal?: AbortSignal): Promise<Secret | undefined>
}

/** A token somebody gave us: it cannot be renewed. */
export function givenToken(token: Secret): TokenSource {
  return { current: () => Promise.resolve(token), replace: () => Promise.resolve(undefined) }
}

interface Held {
  readonly token: Secret
  readonly renewAtMs: number
  readonly expiresAtMs: number
}

/** Renewing earlier would only make work; a token lives for hours. */
const shortestRenewalMs = 1000

/**
 * Tokens issued on demand, kept in memory and renewed at half of their life. Life is measured by our
 * own monotonic clock from the moment of issue, so a host whose wall clock is wrong still renews in time.
 * At most one issue is under way, whoever asks. When renewal fails, the old token serves until it ends.
 */
export function issuedToken(issue: () => Promise<Secret>, clock: Pick<Clock, 'monotonicMs'>): TokenSource {
  let held: Held | undefined
  let issuing: Promise<Held> | undefined

  const issueOnce = () =>
    (issuing ??= issue()
      .then((token) => (held = hold(token, clock.monotonicMs())))
      .finally(() => (issuing = undefined)))

  return {
    async current(signal) {
      const now = clock.monotonicMs()
      const mine = held
      if (mine && now < mine.renewAtMs) return mine.token
      try {
        return (await abortable(issueOnce(), signal)).token
      } catch (error) {
        if (mine && held === mine && clock.monotonicMs() < mine.expiresAtMs && !signal?.aborted)
          return mine.token
        throw error
      }
    },
    async replace(stale, signal) {
      // Somebody else may have replaced it while our request was under way.
      if (held && held.token !== stale) return held.token
      held = undefined
      return (await abortable(issueOnce(), signal)).token
    },
  }
}

function hold(token: Secret, nowMs: number): Held {
  const { lifeMs = Infinity } = readTokenLife(token)
  return { token, renewAtMs: nowMs + Math.max(lifeMs / 2, shortestRenewalMs), expiresAtMs: nowMs + lifeMs }
}

/** Lets one of several waiters leave without ending the work for the others. */
async function abortable<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (!signal) return work
  signal.throwIfAborted()
  let leave: () => void = () => undefined
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason as Error)
    signal.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([work, left])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
