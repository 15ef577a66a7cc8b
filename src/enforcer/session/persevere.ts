import { askedRestMs } from '../../lib/api/errors.ts'
import { retry, type RetryVerdict } from '../../lib/async/retry.ts'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import { errorFields } from '../log/log.ts'
import type { SessionWorld } from './session-world.ts'

export interface Undertaking<Result> {
  /** What it is, for the log: `register with the Console`. */
  readonly name: string
  /** After this long in one attempt it must be stuck. */
  readonly stuckAfterMs: number
  readonly attempt: () => Promise<Result>
  /** Failures that another attempt cannot mend; they are thrown. */
  readonly hopeless?: (error: unknown) => boolean
}

const slackMs = 15_000
const longestRestMs = 300_000
/** A Console that is gone for a week must not fill the journal. */
const repeatFailureEvery = 20

/**
 * Tries for ever, with back-off. Says the first failure, every change of its reason, now and then a
 * repetition, and the recovery. Ends only with success, a hopeless failure or the signal.
 */
export async function persevere<Result>(what: Undertaking<Result>, world: SessionWorld): Promise<Result> {
  let failures = 0
  let lastReason = ''
  try {
    const result = await retry(
      () => {
        world.liveness.expect(what.name, what.stuckAfterMs)
        return what.attempt()
      },
      {
        ...world.backoff,
        attempts: Infinity,
        signal: world.signal,
        clock: world.clock,
        random: world.random,
        judge: (error) => (what.hopeless?.(error) === true ? { retry: false } : afterRest(error)),
        onRetry({ error, attempt, delayMs }) {
          world.liveness.expect(what.name, delayMs + slackMs)
          failures = attempt
          const reason = reasonOf(error)
          const worthSaying = reason !== lastReason || attempt % repeatFailureEvery === 0
          lastReason = reason
          world.log[worthSaying ? 'warn' : 'debug'](`cannot ${what.name}`, {
            ...errorFields(error),
            attempt,
            nextTryInMs: delayMs,
          })
          if (worthSaying) world.status(`Cannot ${what.name}: ${reason}`)
        },
      },
    )
    if (failures > 0) world.log.info(`could ${what.name} at last`, { failures })
    return result
  } finally {
    world.liveness.done(what.name)
  }
}

/** Not before the Console wants to hear of us again, which it may say wrongly. */
function afterRest(error: unknown): RetryVerdict {
  return { retry: true, afterMs: Math.min(askedRestMs(error) ?? 0, longestRestMs) }
}

function reasonOf(error: unknown): string {
  if (error instanceof ApoctlError) return `${error.code} ${error.message}`
  return error instanceof Error ? `${error.name} ${error.message}` : String(error)
}
