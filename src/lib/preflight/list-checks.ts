import type { Category } from './checks/check.ts'
import { checksOf, type PreflightCriteria } from './preflight-host.ts'
import type { Severity } from './requirements/requirement-set.ts'

/** A check as `--list` shows it: what would be asked. */
export interface ListedCheck {
  readonly id: string
  readonly title: string
  readonly category: Category
  readonly severity: Severity
  readonly requirement: string
  readonly hint: string
  readonly documentation: string
}

export interface CheckListReport {
  readonly requirements: { readonly name: string; readonly title: string; readonly source: string }
  readonly checks: readonly ListedCheck[]
}

/** What `preflight linux` would ask by these criteria; asks no host. */
export function listChecks(criteria: PreflightCriteria): CheckListReport {
  const { name, title, source } = criteria.set
  return {
    requirements: { name, title, source },
    checks: checksOf(criteria).map((check) => ({
      id: check.id,
      title: check.title,
      category: check.category,
      severity: check.severity,
      requirement: check.requirement,
      hint: check.hint,
      documentation: `docs/checks/linux.md#${check.id}`,
    })),
  }
}
