/** Lets a bounded number of actions run at once; the others wait their turn. */
export interface Gate {
  pass<Result>(signal: AbortSignal, action: () => Promise<Result>): Promise<Result>
}

export function createGate(width: number): Gate {
  const waiting: (() => void)[] = []
  let inside = 0
  const leave = (): void => {
    inside -= 1
    waiting.shift()?.()
  }
  const enter = async (signal: AbortSignal): Promise<void> => {
    while (inside >= width) await turn(waiting, signal)
    inside += 1
  }
  return {
    async pass(signal, action) {
      await enter(signal)
      try {
        return await action()
      } finally {
        leave()
      }
    },
  }
}

/** Resolves when somebody leaves; whoever gives up stands in nobody's way. */
function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const called = (): void => {
      signal.removeEventListener('abort', giveUp)
      resolve()
    }
    const giveUp = (): void => {
      waiting.splice(waiting.indexOf(called), 1)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', giveUp, { once: true })
    waiting.push(called)
  })
}
