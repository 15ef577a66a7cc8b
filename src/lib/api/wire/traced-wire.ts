import type { Clock } from '../../async/clock.ts'
import { describeAnswer, describeRequest } from './describe-exchange.ts'
import type { Wire } from './wire.ts'

/** Hears of every exchange with a Console, a line at a time and without secrets. */
export type Trace = (line: string) => void

/** Numbers go on from wire to wire: a login has one of its own. */
let exchanges = 0

/** The same wire, whose exchanges are told to `trace`: all attempts, also those that fail. */
export function traced(
  wire: Wire,
  by: { readonly origin: string; readonly trace?: Trace | undefined; readonly clock: Clock },
): Wire {
  const { origin, trace, clock } = by
  if (trace === undefined) return wire
  return {
    close: () => wire.close(),
    async send(request) {
      const number = `#${(exchanges += 1)}`
      const startedMs = clock.monotonicMs()
      const tell = (direction: string, lines: readonly string[]): void => {
        const [first = '', ...more] = lines
        trace(`${number} ${direction} ${first}`)
        for (const line of more) trace(`${number}   ${line}`)
      }
      tell('>', describeRequest(request, origin))
      try {
        const answer = await wire.send(request)
        tell('<', describeAnswer(answer, { request, tookMs: clock.monotonicMs() - startedMs }))
        return answer
      } catch (error) {
        tell('!', [error instanceof Error ? `${error.name}: ${error.message}` : String(error)])
        throw error
      }
    },
  }
}
