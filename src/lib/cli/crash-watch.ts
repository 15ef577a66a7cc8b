/** Hears of bugs that no `await` leads to. */
export interface CrashWatch {
  /** Rejects with what was thrown past everybody, or when nothing is left that could end the run. */
  readonly crashed: Promise<never>
  dispose(): void
}

/**
 * Watches for errors in callbacks, for promises nobody waits for, and for a run that waits for something
 * that cannot happen any more: Node would end those with exit code 1 or, worse, 0.
 */
export function watchForCrashes(): CrashWatch {
  let onCrash: (thrown: unknown) => void = () => undefined
  let onIdle: () => void = () => undefined
  const crashed = new Promise<never>((_, reject) => {
    onCrash = reject
    onIdle = () => reject(new Error('the run ended before its command did'))
  })
  crashed.catch(() => undefined)
  process.on('uncaughtException', onCrash)
  process.on('beforeExit', onIdle)
  return {
    crashed,
    dispose() {
      process.off('uncaughtException', onCrash)
      process.off('beforeExit', onIdle)
    },
  }
}
