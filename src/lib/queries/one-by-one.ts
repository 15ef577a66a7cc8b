import type { WireObject } from '../../contract/entity/definition.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { exitCode, type ExitCode } from '../errors/exit-code.ts'
import type { Reporter } from '../progress/reporter.ts'

/** Something to do to several objects, one after the other. */
export interface Round<Item> {
  readonly items: readonly Item[]
  readonly act: (item: Item) => Promise<WireObject>
  /** What to call an item in messages. */
  readonly nameOf: (item: Item) => string
}

/** Objects as they get done, and in the end what became of the round. */
export interface RoundUnderWay {
  readonly pages: AsyncIterable<readonly WireObject[]>
  /** Of what was done so far. */
  readonly outcome: () => ExitCode
}

/**
 * Does something to each of several objects. One that the Console refuses is a warning and costs no other
 * anything; when the Console is gone or knows us no more, the round ends. A single object has no round: its
 * error is thrown as it is.
 */
export function oneByOne<Item>(
  round: Round<Item>,
  context: { readonly reporter: Reporter; readonly signal: AbortSignal },
): RoundUnderWay {
  let done = 0
  let failed = 0
  async function* pages(): AsyncGenerator<readonly WireObject[], void, undefined> {
    for (const item of round.items) {
      context.signal.throwIfAborted()
      try {
        const object = await round.act(item)
        done += 1
        yield [object]
      } catch (error) {
        if (round.items.length === 1 || !isOwnFault(error)) throw error
        failed += 1
        context.reporter.report({ type: 'warning', subject: round.nameOf(item), text: error.message })
      }
    }
  }
  const outcome = (): ExitCode => {
    if (failed === 0) return exitCode.ok
    return done === 0 ? exitCode.no : exitCode.partial
  }
  return { pages: pages(), outcome }
}

/** The Console judged this object; it may judge another differently. */
export function isOwnFault(error: unknown): error is ApoctlError {
  if (!(error instanceof ApoctlError)) return false
  // Forbidden may be one object alone: a protected one, one of a namespace that is not ours.
  return error.exitCode === exitCode.no || error.code === 'APO-API-FORBIDDEN'
}
