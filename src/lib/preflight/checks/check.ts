import type { HostFacts } from '../facts/host-facts.ts'
import type { LinuxRequirements, Severity } from '../requirements/requirement-set.ts'

/** In the order a report shows them. */
export const categories = [
  'system',
  'resources',
  'kernel',
  'capabilities',
  'packages',
  'firewalls',
  'agents',
  'network',
  'clock',
] as const
export type Category = (typeof categories)[number]

/** How one can see for oneself: a command, and what it says here. */
export interface Evidence {
  readonly command: string
  readonly output: string
}

/** What mends it on this very host. */
export interface Fix {
  readonly command: string
  /** False when a person must decide first: the command is shown, and never run for them. */
  readonly automatic: boolean
}

export interface Verdict {
  /** `unknown`: could not tell. `skipped`: there was nothing to judge; `found` says why. */
  readonly outcome: 'pass' | 'fail' | 'unknown' | 'skipped'
  readonly found: string
  readonly evidence: Evidence | null
  readonly fix?: Fix
  /** What to do about it here, where the hint for everywhere would lead astray. */
  readonly hint?: string
  /** Something else that does the work of what was required. */
  readonly satisfiedBy?: string
}

/** One question about a host, as a value: it can be listed, filtered, documented and asked. */
export interface Check {
  /** Stable: scripts name it in --only, --skip and --accept-risk. */
  readonly id: string
  readonly title: string
  readonly category: Category
  readonly severity: Severity
  /** What is wanted. */
  readonly requirement: string
  /** What to do about it anywhere; `Verdict.fix` is the command for one host. */
  readonly hint: string
  evaluate(facts: HostFacts): Verdict
}

/** What checks are made from. */
export interface CheckSources {
  readonly linux: LinuxRequirements
  /** Whether the host was asked to try the way to these. */
  readonly console: boolean
  readonly packageHost: boolean
  /** True when the certificate is to be judged by a given authority and not by the host's own. */
  readonly givenAuthority: boolean
}

export function evidence(command: string, output: string): Evidence {
  return { command, output: output.length > 500 ? `${output.slice(0, 500)}…` : output }
}

/** Why a fact is null, in the collector's words. */
export function whyUnknown(facts: HostFacts, key: string): string {
  return facts.unknown[key] ?? 'the host did not say'
}
