import { setMaxListeners } from 'node:events'
import { exitCode, type ExitCode } from '../errors/exit-code.ts'

/** Why everything that is under way was asked to stop. */
export type StopReason = 'interrupted' | 'terminated' | 'timeout'

export interface Interruption {
  /** Aborts when the person, the system or the deadline says stop. */
  readonly signal: AbortSignal
  readonly reason: () => StopReason | undefined
  /** Starts the clock of `--timeout`. */
  setDeadline(timeoutMs: number): void
  /** Says what Ctrl-C says; for prompts, which read the keyboard themselves and hear it instead of us. */
  readonly interrupt: () => void
  dispose(): void
}

/** Listens to Ctrl-C and SIGTERM once; a second one ends the process without ceremony. */
export function listenForInterruption(hardStop: (code: ExitCode) => void): Interruption {
  const controller = new AbortController()
  // Every host of a fleet listens to this one signal; more than ten are no leak.
  setMaxListeners(0, controller.signal)
  let reason: StopReason | undefined
  let timer: NodeJS.Timeout | undefined
  const stop = (why: StopReason): void => {
    if (reason !== undefined && why !== 'timeout') hardStop(stopCode(reason))
    reason ??= why
    controller.abort(new DOMException(`stopped: ${why}`, 'AbortError'))
  }
  const onInterrupt = (): void => stop('interrupted')
  const onTerminate = (): void => stop('terminated')
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  return {
    signal: controller.signal,
    reason: () => reason,
    setDeadline(timeoutMs) {
      timer = setTimeout(() => stop('timeout'), timeoutMs)
      timer.unref()
    },
    interrupt: onInterrupt,
    dispose() {
      clearTimeout(timer)
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
    },
  }
}

export function stopCode(reason: StopReason): ExitCode {
  switch (reason) {
    case 'interrupted':
      return exitCode.interrupted
    case 'terminated':
      return exitCode.terminated
    case 'timeout':
      return exitCode.unreachable
  }
}
