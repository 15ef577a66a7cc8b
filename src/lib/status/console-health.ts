import type { HealthCheck } from '../../contract/entities/health-check.ts'
import type { ConsoleClient } from '../api/console-client.ts'
import { isAway } from '../api/is-away.ts'
import { readHealth, type ConsoleHealth } from '../api/endpoints/healthchecks.ts'
import type { Clock } from '../async/clock.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { Reporter } from '../progress/reporter.ts'

export interface ConsoleHealthOptions {
  /** Ask again until it is well, for this long at most; once when undefined. */
  readonly waitMs?: number | undefined
}

export interface ConsoleHealthContext {
  readonly console: ConsoleClient
  readonly clock: Clock
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

/** What a Console says of itself. */
export interface ConsoleHealthReport {
  readonly api: string
  /** `degraded`: it answers, and something that it stands on does not. `down`: only its gateway answers. */
  readonly condition: ConsoleHealth['condition']
  /** How long the answer took to come here, connecting included. */
  readonly tookMs: number
  readonly parts: readonly HealthCheck[]
}

const askAgainMs = 1_000

/**
 * Asks a Console how it is; needs no login. Rejects with APO-API-* when nobody says, which waiting may heal
 * too, all but a certificate that is not trusted.
 */
export async function consoleHealth(
  options: ConsoleHealthOptions,
  context: ConsoleHealthContext,
): Promise<ConsoleHealthReport> {
  const { clock, reporter, signal } = context
  const { api } = context.console
  const endsAtMs = clock.monotonicMs() + (options.waitMs ?? 0)
  for (let said = ''; ;) {
    const state = await askOnce(context)
    if (isWell(state) || clock.monotonicMs() + askAgainMs > endsAtMs) return reportOf(state)
    const text = `waiting until it is well: ${wordsFor(state)}`
    if (text !== said) reporter.report({ type: 'note', subject: api, text })
    said = text
    await clock.sleep(askAgainMs, { signal })
  }
}

type State = ConsoleHealthReport | ApoctlError

async function askOnce({ console, clock, signal }: ConsoleHealthContext): Promise<State> {
  const startedMs = clock.monotonicMs()
  try {
    const { condition, rows } = await readHealth(console, { signal })
    return { api: console.api, condition, tookMs: Math.round(clock.monotonicMs() - startedMs), parts: rows }
  } catch (error) {
    if (isAway(error)) return error
    throw error
  }
}

function isWell(state: State): boolean {
  return !(state instanceof ApoctlError) && state.condition === 'operational'
}

function wordsFor(state: State): string {
  return state instanceof ApoctlError ? state.message : state.condition
}

function reportOf(state: State): ConsoleHealthReport {
  if (state instanceof ApoctlError)
    throw state.restated({
      hints: ['Check the address and that the Console is running, or wait for it: --wait 1m'],
    })
  return state
}
