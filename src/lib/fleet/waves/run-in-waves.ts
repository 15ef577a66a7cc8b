import { foldNames } from '../../progress/fold-names.ts'
import type { FleetHost } from '../fleet-host.ts'
import {
  addressesOf,
  fleetReport,
  type AttemptedHost,
  type FleetReport,
  type HostResult,
  type WaveReport,
} from '../fleet-report.ts'
import {
  runOnFleet,
  runOnHosts,
  type FleetContext,
  type FleetWork,
  type HostContext,
} from '../run-on-fleet.ts'
import { isStopped, planWaves, type Share, type StopRule } from './wave-rules.ts'

/** What a person says about waves. */
export interface WaveChoice {
  /** How many hosts come with each wave; empty for all that are left at once. */
  readonly serial: readonly Share[]
  /** How many of a wave may fail without keeping the next one from being attempted. */
  readonly maxFail: Share | undefined
  /** Whether one host of every kind goes ahead of all. */
  readonly canary: 'diverse' | undefined
}

/** One action over many hosts, some of them after others. */
export interface WavedWork<Value> extends FleetWork<Value> {
  /** Undefined for all at once. */
  readonly waves: WaveChoice | undefined
  /** The hosts that go ahead of all. */
  readonly canaries?: readonly FleetHost[]
  /** True for work that changes nothing: what fails there keeps nobody from being looked at. */
  readonly changesNothing: boolean
  /** Asked of the hosts of a wave that did well, once all of it are done; a host that rejects has failed. */
  readonly gate?: ((host: FleetHost, context: HostContext) => Promise<void>) | undefined
}

/**
 * Runs an action on one wave of hosts after the other. When too many of a wave fail, the hosts that are left
 * are not attempted, and the report says why. Rejects as `runOnFleet` does.
 */
export async function runInWaves<Value>(
  work: WavedWork<Value>,
  context: FleetContext,
): Promise<FleetReport<Value>> {
  if (work.waves === undefined) return runOnFleet(work, context)
  const plan = planWaves(work.hosts, { serial: work.waves.serial, first: work.canaries })
  const stop = stopRule(work.waves, work)
  const results: HostResult<Value>[] = []
  const waves: WaveReport[] = []
  let reason: string | undefined
  for (const [index, hosts] of plan.entries()) {
    const number = index + 1
    const wave = { number, hosts: foldNames(hosts.map(({ name }) => name)), hostCount: hosts.length }
    if (reason !== undefined) {
      results.push(...hosts.map(({ name }) => notAttempted({ host: name, wave: number }, reason ?? '')))
      waves.push({ ...wave, failed: 0, outcome: 'not-attempted' })
      continue
    }
    const ended = await runWave({ number, count: plan.length, hosts, work }, context)
    results.push(...ended.map((result) => ({ ...result, wave: number })))
    const failed = ended.filter((result) => hasFailed(result, work)).length
    const stops = number < plan.length && isStopped({ size: hosts.length, failed }, stop)
    if (stops) reason = `${failed} of ${hosts.length} host(s) of wave ${number} failed`
    waves.push({ ...wave, failed, outcome: stops ? 'stopped' : 'done' })
  }
  return { ...fleetReport(results, addressesOf(work.hosts)), waves }
}

function stopRule({ maxFail }: WaveChoice, work: { readonly changesNothing: boolean }): StopRule {
  if (work.changesNothing) return { type: 'never' }
  return maxFail === undefined ? { type: 'whole-wave' } : { type: 'more-than', share: maxFail }
}

function notAttempted(
  row: { readonly host: string; readonly wave: number },
  reason: string,
): HostResult<never> {
  return { ...row, outcome: 'not-attempted', reason }
}

interface Wave<Value> {
  readonly number: number
  readonly count: number
  readonly hosts: readonly FleetHost[]
  readonly work: WavedWork<Value>
}

async function runWave<Value>(
  wave: Wave<Value>,
  context: FleetContext,
): Promise<readonly AttemptedHost<Value>[]> {
  const { number, count, hosts, work } = wave
  const { step, concurrency, hostTimeoutMs, gate } = work
  context.reporter.report({ type: 'wave', step, number, count, hosts: hosts.map(({ name }) => name) })
  const results = await runOnHosts({ ...work, hosts }, context)
  if (gate === undefined) return results
  const well = hosts.filter((_, at) => results[at] !== undefined && !hasFailed(results[at], work))
  const check = { concurrency, hostTimeoutMs, step: 'check that all is well', action: gate }
  const gated = await runOnHosts({ ...check, hosts: well }, context)
  const unwell = new Map(gated.flatMap((one) => (one.outcome === 'failed' ? [[one.host, one] as const] : [])))
  return results.map((result) => unwell.get(result.host) ?? result)
}

function hasFailed<Value>(result: AttemptedHost<Value>, work: Pick<FleetWork<Value>, 'ending'>): boolean {
  return result.outcome === 'failed' || work.ending?.(result.value) === 'failed'
}
