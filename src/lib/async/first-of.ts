/**
 * Starts all and takes what the first of them ends with, result or error. The others are then told to stop
 * through their signal, and have stopped when this resolves: a prompt has given the terminal back.
 */
export async function firstOf<Result>(
  attempts: readonly ((signal: AbortSignal) => Promise<Result>)[],
  options: { readonly signal: AbortSignal },
): Promise<Result> {
  const { signal } = options
  const controller = new AbortController()
  const follow = (): void => controller.abort(signal.reason)
  if (signal.aborted) follow()
  signal.addEventListener('abort', follow, { once: true })
  const running = attempts.map((attempt) => attempt(controller.signal))
  try {
    return await Promise.race(running)
  } finally {
    signal.removeEventListener('abort', follow)
    controller.abort()
    await Promise.allSettled(running)
  }
}
