import type { HostInstall } from '../../install/linux/host-install.ts'
import type { InstallReport, PlanGroup } from '../../install/linux/install-report.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'
import { fleetFailures } from './fleet-failures.ts'
import { fleetJunit } from './fleet-junit-view.ts'
import { fleetMarkdown } from './fleet-markdown-view.ts'
import { fleetNextStep } from './fleet-next-step.ts'
import { fleetRows, type FleetRow } from './fleet-rows.ts'
import { fleetWaves } from './fleet-waves.ts'

export const installPresentation: Presentation<InstallReport> = {
  kind: 'InstallReport',
  exitCode: (report) => report.exitCode,
  views: {
    table: installView,
    markdown: (report) => fleetMarkdown({ ...report, title: titleOf(report), rows: rowsOf(report) }),
    junit: (report) => fleetJunit(rowsOf(report), report.dryRun ? `plan ${report.verb}` : report.verb),
    jsonl: (report) => report.hosts,
  },
}

function titleOf({ verb, console, namespace, dryRun }: InstallReport): string {
  const done = verb === 'install' ? 'Installation of' : 'Upgrade of'
  return `${dryRun ? `Plan to ${verb}` : done} the enforcer: ${console}, namespace ${namespace}`
}

function rowsOf(report: InstallReport): FleetRow[] {
  return fleetRows(report.hosts, (value) => {
    switch (value.change) {
      case 'installed':
      case 'unchanged': {
        const { name, version, namespace } = value.enforcer
        const result = wordOf(value)
        return { result, isBad: false, detail: `${name} ${version} in ${namespace}` }
      }
      case 'planned':
        return { result: 'planned', isBad: false, detail: `${value.steps.length} steps` }
      case 'refused': {
        const failing = value.preflight.checks.filter(({ effect }) => effect === 'blocks')
        return { result: 'refused', isBad: true, detail: failing.map(({ id }) => id).join(', ') }
      }
    }
  })
}

function installView(report: InstallReport, theme: Theme): string {
  const parts = report.dryRun
    ? report.plans.map((plan) => planView(plan, theme))
    : [hostTable(report, theme)].filter((text) => text !== '')
  const refusals = report.refusals.map((refusal) => refusalView(refusal, theme))
  const command = `apoctl enforcer ${report.verb} linux`
  const next = fleetNextStep(rowsOf(report), { command, theme, run: report.run })
  const ends = [fleetFailures(report.failures, theme), fleetWaves(report, theme), next].filter(
    (text) => text !== '',
  )
  return [...parts, ...refusals, ...ends, summary(report, theme)].join('\n\n')
}

function refusalView({ summary, found, hint }: InstallReport['refusals'][number], theme: Theme): string {
  const most = found.slice(0, 3).map(({ text }) => `  ${sanitiseLine(text)}`)
  return [
    `${theme.bad('refused')} ${sanitiseLine(summary)}`,
    ...most,
    theme.dim(`  ${sanitiseLine(hint)}`),
  ].join('\n')
}

/** `upgraded from 0.1.0` where another version ran before. */
function wordOf(value: Extract<HostInstall, { readonly enforcer: object }>): string {
  return value.change === 'installed' && value.replaced !== undefined
    ? `upgraded from ${value.replaced}`
    : value.change
}

/** Hosts that carry the enforcer now; with waves, in which of them each was. */
function hostTable(report: InstallReport, theme: Theme): string {
  const hasWaves = report.waves.length > 0
  const rows = report.hosts.flatMap((result) => {
    if (result.outcome !== 'ok' || !('enforcer' in result.value)) return []
    const { change, enforcer } = result.value
    const word = (change === 'installed' ? theme.good : theme.dim)(wordOf(result.value))
    const wave = hasWaves ? [String(result.wave ?? '-')] : []
    const { version, name, namespace } = enforcer
    return [[sanitiseLine(result.host), ...wave, word, version, sanitiseLine(name), namespace]]
  })
  if (rows.length === 0) return ''
  const columns = ['HOST', ...(hasWaves ? ['WAVE'] : []), 'RESULT', 'VERSION', 'ENFORCER', 'NAMESPACE']
  return renderTable({ columns, rows }, theme)
}

function planView(plan: PlanGroup, theme: Theme): string {
  const count = plan.hostCount === 1 ? '' : ` (${plan.hostCount} hosts)`
  const head = `${theme.bold(sanitiseLine(plan.hosts))}${count}`
  if (plan.steps.length === 0) return `${head}: nothing to do`
  const steps = plan.steps.map((step, index) => `  ${String(index + 1).padStart(2)}. ${sanitiseLine(step)}`)
  return [head, ...steps].join('\n')
}

function summary(report: InstallReport, theme: Theme): string {
  const { installed, unchanged, planned, refused, failed, notAttempted } = report.counts
  const counts = [
    [installed, 'installed', theme.good],
    [unchanged, 'unchanged', theme.dim],
    [planned, 'planned; nothing was changed', theme.accent],
    [refused, 'refused by preflight', theme.bad],
    [failed, 'failed', theme.bad],
    [notAttempted, 'not attempted', theme.warn],
  ] as const
  const said = counts.filter(([count]) => count > 0).map(([count, word, paint]) => paint(`${count} ${word}`))
  return `${said.length === 0 ? 'nothing to do' : said.join(', ')} (${report.console}, namespace ${report.namespace})`
}
