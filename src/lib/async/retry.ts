import type { Clock } from './clock.ts'

export interface Backoff {
  readonly baseMs: number
  readonly capMs: number
}

/** What retrying needs from the world; tests pass their own to be quick and exact. */
export interface RetryWorld {
  readonly clock: Pick<Clock, 'sleep'>
  /** Uniform in [0, 1), as Math.random. */
  readonly random: () => number
}

/**
 * Exponential back-off with full jitter: uniform between 0 and the doubling bound. Full rather than
 * partial jitter, because a Console that comes back meets all its enforcers at once.
 * `attempt` counts from 1.
 */
export function backoffMs(attempt: number, options: Backoff & { readonly random: () => number }): number {
  const bound = Math.min(options.capMs, options.baseMs * 2 ** Math.min(attempt - 1, 30))
  return Math.round(options.random() * bound)
}

export interface RetryOptions extends Backoff {
  /** How often `action` runs at most, the first time included; Infinity for ever. */
  readonly attempts: number
  readonly signal?: AbortSignal | undefined
  /** What to do about a failure of this attempt: give up with it, or try again. */
  judge(error: unknown, attempt: number): RetryVerdict
  /** Until it is over anyway: a wait that ends later is not begun. */
  remainingMs?(): number
  /** Hears of each failure that will be tried again. */
  onRetry?(failure: { readonly error: unknown; readonly attempt: number; readonly delayMs: number }): void
}

/** `afterMs` is waited for before the back-off begins, so that whoever was told the same time does not come at once. */
export type RetryVerdict = { readonly retry: false } | { readonly retry: true; readonly afterMs?: number }

/** Runs `action(attempt)` until it succeeds, is judged hopeless, or the attempts are used up. */
export async function retry<Result>(
  action: (attempt: number) => Promise<Result>,
  how: RetryOptions & RetryWorld,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    how.signal?.throwIfAborted()
    try {
      return await action(attempt)
    } catch (error) {
      // What was aborted from outside is over, whatever the verdict would be.
      how.signal?.throwIfAborted()
      const delayMs = delayAfter({ error, attempt }, how)
      if (delayMs === undefined) throw error
      how.onRetry?.({ error, attempt, delayMs })
      await how.clock.sleep(delayMs, { signal: how.signal })
    }
  }
}

/** How long to wait before the next attempt; undefined when there is to be none. */
function delayAfter(
  failure: { readonly error: unknown; readonly attempt: number },
  how: RetryOptions & RetryWorld,
): number | undefined {
  const { error, attempt } = failure
  const verdict = how.judge(error, attempt)
  if (!verdict.retry || attempt >= how.attempts) return undefined
  const delayMs = (verdict.afterMs ?? 0) + backoffMs(attempt, how)
  return delayMs > (how.remainingMs?.() ?? Infinity) ? undefined : delayMs
}
