import { exitCode, type ExitCode } from '../../errors/exit-code.ts'
import {
  exitCodeOfFleet,
  type FailureGroup,
  type FleetReport,
  type HostResult,
  type WaveReport,
} from '../../fleet/fleet-report.ts'
import type { RunReference } from '../../fleet/journal/run-record.ts'
import { foldNames } from '../../progress/fold-names.ts'
import { foldFindings, type Finding } from '../../preflight/fold-findings.ts'
import type { HostPreflight } from '../../preflight/judge-host.ts'
import type { HostInstall } from './host-install.ts'

/** What installing came to on one host that was reached. */
export type HostInstallValue =
  | HostInstall
  /** Not touched: a check says the host cannot carry the enforcer. */
  | { readonly change: 'refused'; readonly preflight: HostPreflight }

export type InstallOutcome = HostInstallValue['change'] | 'failed' | 'notAttempted'

/** The answer of `enforcer install linux` and `enforcer upgrade linux`. */
export interface InstallReport {
  readonly verb: 'install' | 'upgrade'
  readonly console: string
  readonly namespace: string
  readonly dryRun: boolean
  /** What the command exits with. */
  readonly exitCode: ExitCode
  /** How many hosts ended how. */
  readonly counts: Readonly<Record<InstallOutcome, number>>
  readonly hosts: readonly HostResult<HostInstallValue>[]
  /** The same plan for several hosts, once. */
  readonly plans: readonly PlanGroup[]
  /** Why hosts were refused, folded over hosts. */
  readonly refusals: readonly Finding[]
  readonly failures: readonly FailureGroup[]
  /** Empty where all hosts were one wave. */
  readonly waves: readonly WaveReport[]
  /** Its journal; absent for a dry run. */
  readonly run?: RunReference
}

export interface PlanGroup {
  /** Folded: `web[01-47]`. */
  readonly hosts: string
  readonly hostCount: number
  /** What is done, in order; empty where nothing is to do. */
  readonly steps: readonly string[]
}

export function toInstallReport(
  run: Pick<InstallReport, 'verb' | 'console' | 'namespace' | 'dryRun'>,
  { hosts, failures, waves }: FleetReport<HostInstallValue>,
): InstallReport {
  const refused = hosts.flatMap((result) =>
    result.outcome === 'ok' && result.value.change === 'refused' ? [result.value.preflight] : [],
  )
  const refusals = foldFindings(refused).filter(({ effect }) => effect === 'blocks')
  return {
    ...run,
    exitCode: installExitCode(hosts),
    counts: countOutcomes(hosts),
    hosts,
    plans: groupPlans(hosts),
    refusals,
    failures,
    waves,
  }
}

function installExitCode(hosts: InstallReport['hosts']): ExitCode {
  const judge = (value: HostInstallValue): ExitCode =>
    value.change === 'refused' ? exitCode.no : exitCode.ok
  return exitCodeOfFleet({ hosts }, judge)
}

function countOutcomes(hosts: InstallReport['hosts']): InstallReport['counts'] {
  const counts = { installed: 0, unchanged: 0, planned: 0, refused: 0, failed: 0, notAttempted: 0 }
  for (const result of hosts) counts[outcomeOf(result)] += 1
  return counts
}

export function outcomeOf(result: HostResult<HostInstallValue>): InstallOutcome {
  if (result.outcome === 'ok') return result.value.change
  return result.outcome === 'failed' ? 'failed' : 'notAttempted'
}

function groupPlans(hosts: InstallReport['hosts']): PlanGroup[] {
  const groups = new Map<string, { readonly names: string[]; readonly steps: readonly string[] }>()
  for (const result of hosts) {
    if (result.outcome !== 'ok' || result.value.change === 'refused') continue
    const steps = result.value.steps.map(({ title }) => title)
    const group = groups.get(JSON.stringify(steps)) ?? { names: [], steps }
    group.names.push(result.host)
    groups.set(JSON.stringify(steps), group)
  }
  return [...groups.values()].map(({ names, steps }) => ({
    hosts: foldNames(names),
    hostCount: names.length,
    steps,
  }))
}
