/** The reason of a signal that a deadline aborted. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed'
  readonly timeoutMs: number

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`)
    this.timeoutMs = timeoutMs
  }
}

export interface Deadline {
  /** Aborts when the parent aborts (with the parent's reason) or the time is up (DeadlinePassed). */
  readonly signal: AbortSignal
  /** Whether the time, and not the parent, aborted the signal. */
  readonly passed: boolean
  /** What is left of the time. */
  remainingMs(): number
  /** Stops the timer and lets go of the parent; call it as soon as the work is over. */
  clear(): void
}

/**
 * A signal with a deadline. AbortSignal.any() and AbortSignal.timeout() are not used: on Node 20 the
 * former is held by a long-lived parent for ever, which a process that runs for months cannot afford.
 */
export function startDeadline(timeoutMs: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController()
  const endsAtMs = performance.now() + timeoutMs
  const follow = () => controller.abort(parent?.reason)
  const timer = setTimeout(() => controller.abort(new DeadlinePassed(timeoutMs)), timeoutMs)
  if (parent?.aborted) follow()
  parent?.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    get passed() {
      return controller.signal.reason instanceof DeadlinePassed && !parent?.aborted
    },
    remainingMs: () => endsAtMs - performance.now(),
    clear() {
      clearTimeout(timer)
      parent?.removeEventListener('abort', follow)
    },
  }
}

/** Runs `action` with a signal that aborts after `timeoutMs` or with `parent`, and tidies up. */
export async function withDeadline<Result>(
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  action: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = startDeadline(options.timeoutMs, options.signal)
  try {
    deadline.signal.throwIfAborted()
    return await action(deadline.signal)
  } finally {
    deadline.clear()
  }
}
