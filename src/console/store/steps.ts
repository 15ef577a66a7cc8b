import { setImmediate } from 'node:timers/promises'

/** Work in steps, short enough each that nobody else has to wait. */
export type Steps<Result> = Generator<void, Result, void>

/** Everything without a pause: for the Console's own small questions, and inside of transactions. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** Between steps others get their turn. */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await setImmediate()
  }
}
