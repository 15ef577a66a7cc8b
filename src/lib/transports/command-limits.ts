import { DeadlinePassed, startDeadline } from '../async/deadline.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { CommandOptions } from './transport.ts'

const defaultTimeoutMs = 60 * 60 * 1000

/**
 * Runs one command under the caller's signal and deadline. `action` must end the command and reject
 * when its signal aborts; a passed deadline becomes APO-HOST-TIMEOUT here.
 */
export async function withinLimits<Result>(
  limits: CommandOptions & { readonly target: string; readonly command: string },
  action: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = startDeadline(limits.timeoutMs ?? defaultTimeoutMs, limits.signal)
  try {
    deadline.signal.throwIfAborted()
    return await action(deadline.signal)
  } catch (error) {
    if (deadline.passed && error instanceof DeadlinePassed) throw tookTooLong(limits, error)
    throw error
  } finally {
    deadline.clear()
  }
}

function tookTooLong(
  limits: { readonly target: string; readonly command: string },
  cause: DeadlinePassed,
): ApoctlError {
  const seconds = cause.timeoutMs / 1000
  return new ApoctlError(
    [
      'APO-HOST-TIMEOUT',
      `"${limits.command}" on ${limits.target} did not end within ${seconds} s and was stopped`,
    ],
    { cause },
  )
}
