import type { Clock } from '../../async/clock.ts'
import { runScript } from '../../platforms/linux/run-script.ts'
import type { Transport } from '../../transports/transport.ts'
import { parseAnswers } from '../facts/answers.ts'
import type { HostFacts } from '../facts/host-facts.ts'
import { toFacts } from '../facts/to-facts.ts'
import { buildCollectorScript, type CollectorParameters } from './build-script.ts'

export interface CollectOptions extends CollectorParameters {
  /** What to call the host in facts and reports. */
  readonly host: string
  /** Most that the whole collection may take. */
  readonly timeoutMs: number
}

export interface CollectContext {
  readonly transport: Transport
  readonly clock: Pick<Clock, 'nowMs'>
  readonly signal: AbortSignal
}

/** Far above what a host with every kernel module says; a host that floods is cut off here. */
const mostOutputBytes = 4 * 1024 * 1024

/**
 * Asks a host for its facts in one round trip, changing nothing there. Throws what the transport throws
 * when it cannot be asked, and APO-HOST-ANSWER when what comes back is not an answer.
 */
export async function collectHostFacts(options: CollectOptions, context: CollectContext): Promise<HostFacts> {
  const { transport, clock, signal } = context
  const sentAtMs = clock.nowMs()
  const text = buildCollectorScript(options)
  const limits = { signal, timeoutMs: options.timeoutMs, maxOutputBytes: mostOutputBytes }
  const result = await runScript(transport, { text, ...limits })
  const receivedAtMs = clock.nowMs()
  const answers = parseAnswers(result.stdout.toString('utf8'), { host: options.host })
  return toFacts(answers, { host: options.host, sentAtMs, receivedAtMs })
}
