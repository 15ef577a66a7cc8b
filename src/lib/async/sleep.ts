import { setTimeout as wait } from 'node:timers/promises'

/** setTimeout() takes longer delays for 1 ms; a wait this long is as good as forever. */
const longestDelayMs = 2 ** 31 - 1

/** Resolves after `ms`. Rejects at once with the signal's own reason when it aborts. */
export async function sleep(
  ms: number,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { signal } = options
  signal?.throwIfAborted()
  try {
    await wait(Math.min(Math.max(ms, 0), longestDelayMs), undefined, signal ? { signal } : {})
  } catch (error) {
    // Node wraps the reason in an AbortError of its own; callers want to see who aborted and why.
    signal?.throwIfAborted()
    throw error
  }
}
