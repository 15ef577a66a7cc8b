/** Commands that run on a connection now. A server that has no room for one more may have when one is over. */
export interface RunningCommands {
  readonly count: () => number
  /** Counts a command until it is over, however it ends. */
  track(end: Promise<unknown>): void
  /** Resolves when one of them is over; rejects with the signal's reason. */
  oneOver(signal: AbortSignal): Promise<void>
}

export function createRunningCommands(): RunningCommands {
  const waiting = new Set<() => void>()
  let running = 0
  const over = (): void => {
    running -= 1
    for (const tell of waiting) tell()
    waiting.clear()
  }
  return {
    count: () => running,
    track(end) {
      running += 1
      end.then(over, over)
    },
    oneOver: (signal) =>
      new Promise((resolve, reject) => {
        const tell = (): void => {
          signal.removeEventListener('abort', giveUp)
          resolve()
        }
        const giveUp = (): void => {
          waiting.delete(tell)
          reject(signal.reason as Error)
        }
        if (signal.aborted) giveUp()
        signal.addEventListener('abort', giveUp, { once: true })
        waiting.add(tell)
      }),
  }
}
