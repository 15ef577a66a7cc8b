import { exitCode, type ExitCode } from '../errors/exit-code.ts'
import { fleetExitCode, groupFailures, type FailureGroup } from '../fleet/fleet-report.ts'
import { foldFindings, type Finding } from './fold-findings.ts'
import type { HostPreflight, HostVerdict } from './judge-host.ts'
import type { RequirementSet } from './requirements/requirement-set.ts'

/** The answer of `preflight linux`: every host with every check, and the problems folded over hosts. */
export interface PreflightReport {
  readonly requirements: { readonly name: string; readonly title: string; readonly source: string }
  readonly strict: boolean
  /** What the command ends with. */
  readonly exitCode: ExitCode
  readonly counts: Readonly<Record<HostVerdict, number>>
  readonly hosts: readonly HostPreflight[]
  readonly findings: readonly Finding[]
  /** The hosts that could not be asked, grouped by cause. */
  readonly failures: readonly FailureGroup[]
  /** What --fix did, in order. */
  readonly fixes: readonly FixReport[]
}

/** One fix of one check on one host. */
export interface FixReport {
  readonly host: string
  readonly checkId: string
  readonly command: string
  /** `mended`: ran, and the check passes now. `declined`: the person said no. */
  readonly outcome: 'mended' | 'ran, still fails' | 'failed' | 'declined' | 'by hand'
  /** What the command printed, or why it was not run. */
  readonly output: string
}

export type JudgedHosts = Pick<PreflightReport, 'hosts' | 'fixes'>

export function toReport(
  criteria: { readonly set: RequirementSet; readonly strict: boolean },
  judged: JudgedHosts,
): PreflightReport {
  const { name, title, source } = criteria.set
  const { hosts, fixes } = judged
  const count = (verdict: HostVerdict): number => hosts.filter((host) => host.verdict === verdict).length
  return {
    requirements: { name, title, source },
    strict: criteria.strict,
    exitCode: fleetExitCode(hosts.map(codeOfHost)),
    counts: {
      pass: count('pass'),
      warn: count('warn'),
      fail: count('fail'),
      unknown: count('unknown'),
      unreachable: count('unreachable'),
    },
    hosts,
    findings: foldFindings(hosts),
    failures: groupFailures(hosts.flatMap(({ host, error }) => (error === null ? [] : [{ host, error }]))),
    fixes,
  }
}

/** A failed check is a no; not having been able to tell is not a yes. */
function codeOfHost(host: HostPreflight): ExitCode {
  if (host.error !== null) return host.error.exitCode
  if (host.verdict === 'fail') return exitCode.no
  return host.verdict === 'unknown' ? exitCode.unreachable : exitCode.ok
}
