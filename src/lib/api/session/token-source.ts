import type { Clock } from '../../async/clock.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { KeptTokens } from './kept-tokens.ts'
import { readTokenLife } from './token-claims.ts'

/** Given by the caller, issued by the Console in this run, or in an earlier one. */
export type TokenOrigin = 'given' | 'issued' | 'kept'

/** Where the bearer token of a client comes from. */
export interface TokenSource {
  /** A token that should be good now. */
  current(signal?: AbortSignal): Promise<Secret>
  /** The Console refused a token: a newer one, or undefined when there is no way or no sense in getting it. */
  replace(refusal: TokenRefusal, signal?: AbortSignal): Promise<Secret | undefined>
  /** Of the token in use; undefined while there is none. */
  origin(): TokenOrigin | undefined
}

export interface TokenRefusal {
  readonly stale: Secret
  /** 403 may be about the token or about what was asked; 401 is about the token. */
  readonly status: 401 | 403
}

/** A token somebody gave us: it cannot be renewed. */
export function givenToken(token: Secret): TokenSource {
  return {
    current: () => Promise.resolve(token),
    replace: () => Promise.resolve(undefined),
    origin: () => 'given',
  }
}

/** What tokens on demand lean on. */
export interface IssuingWorld {
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>
  /** Where tokens outlive this run, and the name ours have there. */
  readonly kept?: { readonly tokens: KeptTokens; readonly name: string } | undefined
}

interface Held {
  readonly token: Secret
  readonly origin: TokenOrigin
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
export function issuedToken(issue: () => Promise<Secret>, world: IssuingWorld): TokenSource {
  const { clock } = world
  let held: Held | undefined
  let issuing: Promise<Held> | undefined
  /** Was issued because of a 403: what is forbidden to it is forbidden. */
  let answersForbidden: Secret | undefined

  const issueOnce = () =>
    (issuing ??= issueAndKeep(issue, world)
      .then((fresh) => (held = fresh))
      .finally(() => (issuing = undefined)))

  return {
    origin: () => held?.origin,
    async current(signal) {
      const mine = (held ??= heldFromEarlier(world))
      if (mine && clock.monotonicMs() < mine.renewAtMs) return mine.token
      try {
        return (await abortable(issueOnce(), signal)).token
      } catch (error) {
        if (mine && held === mine && clock.monotonicMs() < mine.expiresAtMs && !signal?.aborted)
          return mine.token
        throw error
      }
    },
    async replace({ stale, status }, signal) {
      // Somebody else may have replaced it while our request was under way.
      if (held && held.token !== stale) return held.token
      if (status === 403 && stale === answersForbidden) return undefined
      held = undefined
      world.kept?.tokens.forget(world.kept.name)
      const { token } = await abortable(issueOnce(), signal)
      if (status === 403) answersForbidden = token
      return token
    },
  }
}

async function issueAndKeep(issue: () => Promise<Secret>, { clock, kept }: IssuingWorld): Promise<Held> {
  const issuedAtMs = clock.nowMs()
  const token = await issue()
  const { lifeMs } = readTokenLife(token)
  if (lifeMs !== undefined) kept?.tokens.keep(kept.name, { token, issuedAtMs })
  return hold({ token, origin: 'issued', ageMs: 0 }, clock.monotonicMs())
}

/** One that an earlier run was given, unless it has lived half of its life or our clock was set back since. */
function heldFromEarlier({ clock, kept }: IssuingWorld): Held | undefined {
  const earlier = kept?.tokens.read(kept.name)
  if (earlier === undefined) return undefined
  const ageMs = clock.nowMs() - earlier.issuedAtMs
  const { lifeMs = 0 } = readTokenLife(earlier.token)
  if (ageMs < 0 || ageMs >= lifeMs / 2) return undefined
  return hold({ token: earlier.token, origin: 'kept', ageMs }, clock.monotonicMs())
}

function hold(
  what: { readonly token: Secret; readonly origin: TokenOrigin; readonly ageMs: number },
  nowMs: number,
): Held {
  const { lifeMs = Infinity } = readTokenLife(what.token)
  const bornMs = nowMs - what.ageMs
  return {
    token: what.token,
    origin: what.origin,
    renewAtMs: bornMs + Math.max(lifeMs / 2, shortestRenewalMs),
    expiresAtMs: bornMs + lifeMs,
  }
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
