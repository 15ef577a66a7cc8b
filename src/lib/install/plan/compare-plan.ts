import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { HostResult } from '../../fleet/fleet-report.ts'
import { foldNames } from '../../progress/fold-names.ts'
import type { SavedPlan } from './saved-plan.ts'

/** What a host is like now, as far as it can be told. */
type LookedAt = HostResult<{ readonly change: string; readonly fingerprint?: string }>

/**
 * Throws APO-PLAN-CHANGED unless every host of a plan is now what it was when the plan was made. A host that
 * cannot be looked at counts as changed: nobody knows.
 */
export function comparePlan(plan: SavedPlan, now: readonly LookedAt[]): void {
  const byName = new Map(now.map((row) => [row.host, row]))
  const reasons = plan.hosts.flatMap(({ host, fingerprint }) => {
    const row = byName.get(host)
    if (row?.outcome === 'ok' && row.value.fingerprint === fingerprint) return []
    return [[host, reasonOf(row)] as const]
  })
  if (reasons.length === 0) return
  const words = [...new Set(reasons.map(([, reason]) => reason))].map((reason) => {
    const names = reasons.filter(([, other]) => other === reason).map(([host]) => host)
    return `${foldNames(names)} ${reason}`
  })
  throw new ApoctlError([
    'APO-PLAN-CHANGED',
    `the plan of ${plan.madeAt} does not hold any more: ${words.join('; ')}`,
  ])
}

function reasonOf(row: LookedAt | undefined): string {
  if (row === undefined) return 'is not listed any more'
  if (row.outcome === 'failed') return `cannot be looked at (${row.error.code})`
  if (row.outcome === 'not-attempted') return 'was not looked at'
  return row.value.change === 'refused' ? 'does not pass the checks any more' : 'is not what it was'
}
