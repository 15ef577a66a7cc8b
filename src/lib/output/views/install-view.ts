import type { InstallReport, PlanGroup } from '../../install/linux/install-report.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'
import { fleetFailures } from './fleet-failures.ts'

export const installPresentation: Presentation<InstallReport> = {
  kind: 'InstallReport',
  exitCode: (report) => report.exitCode,
  views: { table: installView, jsonl: (report) => report.hosts },
}

function installView(report: InstallReport, theme: Theme): string {
  const parts = report.dryRun
    ? report.plans.map((plan) => planView(plan, theme))
    : [hostTable(report, theme)].filter((text) => text !== '')
  const refusals = report.refusals.map(({ summary, hint }) =>
    [`${theme.bad('refused')} ${sanitiseLine(summary)}`, theme.dim(`  ${sanitiseLine(hint)}`)].join('\n'),
  )
  const failures = report.failures.length === 0 ? [] : [fleetFailures(report.failures, theme)]
  return [...parts, ...refusals, ...failures, summary(report, theme)].join('\n\n')
}

function hostTable(report: InstallReport, theme: Theme): string {
  const rows = report.hosts.flatMap((result) => {
    if (result.outcome !== 'ok' || !('enforcer' in result.value)) return []
    const { change, enforcer } = result.value
    const word = change === 'installed' ? theme.good('installed') : theme.dim('unchanged')
    return [
      [sanitiseLine(result.host), word, enforcer.version, sanitiseLine(enforcer.name), enforcer.namespace],
    ]
  })
  if (rows.length === 0) return ''
  return renderTable({ columns: ['HOST', 'RESULT', 'VERSION', 'ENFORCER', 'NAMESPACE'], rows }, theme)
}

function planView(plan: PlanGroup, theme: Theme): string {
  const count = plan.hostCount === 1 ? '' : ` (${plan.hostCount} hosts)`
  const head = `${theme.bold(sanitiseLine(plan.hosts))}${count}`
  if (plan.steps.length === 0) return `${head}: nothing to do`
  const steps = plan.steps.map((step, index) => `  ${String(index + 1).padStart(2)}. ${sanitiseLine(step)}`)
  return [head, ...steps].join('\n')
}

function summary(report: InstallReport, theme: Theme): string {
  const { installed, unchanged, planned, refused, failed } = report.counts
  const counts = [
    [installed, 'installed', theme.good],
    [unchanged, 'unchanged', theme.dim],
    [planned, 'planned; nothing was changed', theme.accent],
    [refused, 'refused by preflight', theme.bad],
    [failed, 'failed', theme.bad],
  ] as const
  const said = counts.filter(([count]) => count > 0).map(([count, word, paint]) => paint(`${count} ${word}`))
  return `${said.join(', ')} (${report.console}, namespace ${report.namespace})`
}
