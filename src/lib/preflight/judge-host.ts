import type { ErrorDocument } from '../errors/apoctl-error.ts'
import type { Check, Category, Evidence, Fix, Verdict } from './checks/check.ts'
import { identify } from './checks/distribution.ts'
import type { HostFacts } from './facts/host-facts.ts'
import type { Severity } from './requirements/requirement-set.ts'
import { isNamedBy, type CheckSelection } from './select-checks.ts'

/** What one check came to on one host. */
export interface CheckResult {
  readonly id: string
  readonly title: string
  readonly category: Category
  readonly severity: Severity
  readonly outcome: Verdict['outcome']
  /** What it means for the host: it blocks, nobody can tell whether it does, it warns, or nothing. */
  readonly effect: 'blocks' | 'undecided' | 'warns' | 'none'
  readonly found: string
  readonly wanted: string
  /** The module or package that does the work of what was required. */
  readonly satisfiedBy: string | null
  readonly evidence: Evidence | null
  readonly fix: Fix | null
  readonly hint: string
  /** What the person decided about it: accepted the risk, or skipped it. */
  readonly decision: 'accepted' | 'skipped' | null
  /** Page and anchor in the documentation. */
  readonly documentation: string
}

export type HostVerdict = 'pass' | 'warn' | 'fail' | 'unknown' | 'unreachable'

/** One host, judged; or why it could not be asked. */
export interface HostPreflight {
  readonly host: string
  readonly verdict: HostVerdict
  /** `Debian 12.11`, and the release of its kernel; null for a host that was not reached. */
  readonly system: string | null
  readonly kernel: string | null
  readonly checks: readonly CheckResult[]
  readonly error: ErrorDocument | null
}

export interface Judgement {
  readonly checks: readonly Check[]
  readonly selection: CheckSelection
  /** Warnings fail too. */
  readonly strict: boolean
}

/** Judges facts by checks: pure, so that it can be done again, elsewhere, later. */
export function judgeHost(facts: HostFacts, judgement: Judgement): HostPreflight {
  const results = judgement.checks.map((check) => judgeCheck(check, { facts, ...judgement }))
  return {
    host: facts.host,
    verdict: verdictOf(results, judgement),
    system: identify(facts).shown || 'unknown system',
    kernel: facts.kernel.release,
    checks: results,
    error: null,
  }
}

export function unreachableHost(host: string, error: ErrorDocument): HostPreflight {
  return { host, verdict: 'unreachable', system: null, kernel: null, checks: [], error }
}

export function judgeCheck(
  check: Check,
  context: { readonly facts: HostFacts; readonly selection: CheckSelection },
): CheckResult {
  const verdict = check.evaluate(context.facts)
  const skipped = isNamedBy(check.id, context.selection.skip)
  const accepted = isNamedBy(check.id, context.selection.acceptRisk)
  const severity = skipped ? 'info' : check.severity
  const decision = skipped ? 'skipped' : accepted && verdict.outcome !== 'pass' ? 'accepted' : null
  return {
    id: check.id,
    title: check.title,
    category: check.category,
    severity,
    outcome: verdict.outcome,
    effect: effectOf(verdict.outcome, { severity, accepted: decision === 'accepted' }),
    found: verdict.found,
    wanted: check.requirement,
    satisfiedBy: verdict.satisfiedBy ?? null,
    evidence: verdict.evidence,
    fix: verdict.outcome === 'pass' ? null : (verdict.fix ?? null),
    hint: verdict.hint ?? check.hint,
    decision,
    documentation: `docs/checks/linux.md#${check.id}`,
  }
}

function effectOf(
  outcome: Verdict['outcome'],
  what: { readonly severity: Severity; readonly accepted: boolean },
): CheckResult['effect'] {
  if (outcome === 'pass' || outcome === 'skipped' || what.severity === 'info') return 'none'
  if (what.severity === 'warning' || what.accepted) return outcome === 'fail' ? 'warns' : 'none'
  return outcome === 'fail' ? 'blocks' : 'undecided'
}

export function verdictOf(
  results: readonly CheckResult[],
  options: { readonly strict: boolean },
): HostVerdict {
  const has = (effect: CheckResult['effect']): boolean => results.some((result) => result.effect === effect)
  if (has('blocks') || (options.strict && has('warns'))) return 'fail'
  if (has('undecided')) return 'unknown'
  return has('warns') ? 'warn' : 'pass'
}
