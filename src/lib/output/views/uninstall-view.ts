import type { UninstallReport } from '../../install/linux/uninstall-linux.ts'
import { foldNames } from '../../progress/fold-names.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'
import { fleetFailures } from './fleet-failures.ts'
import { fleetJunit } from './fleet-junit-view.ts'
import { fleetMarkdown } from './fleet-markdown-view.ts'
import { fleetNextStep } from './fleet-next-step.ts'
import { fleetRows, type FleetRow } from './fleet-rows.ts'
import { fleetWaves } from './fleet-waves.ts'

export const uninstallPresentation: Presentation<UninstallReport> = {
  kind: 'UninstallReport',
  exitCode: (report) => report.exitCode,
  views: {
    table: uninstallView,
    markdown: (report) =>
      fleetMarkdown({ ...report, title: 'Removal of the enforcer', rows: rowsOf(report) }),
    junit: (report) => fleetJunit(rowsOf(report), report.dryRun ? 'plan uninstall' : 'uninstall'),
    jsonl: (report) => report.hosts,
  },
}

function rowsOf(report: UninstallReport): FleetRow[] {
  return fleetRows(report.hosts, (value) => {
    const done = value.change === 'planned' ? value.steps.map(({ title }) => title) : value.forgotten
    return { result: value.change, isBad: false, detail: done.join(', ') }
  })
}

function uninstallView(report: UninstallReport, theme: Theme): string {
  const reached = report.hosts.filter((result) => result.outcome === 'ok')
  const hosts = report.dryRun ? planViews(reached, theme) : reached.map((result) => hostView(result, theme))
  const command = 'apoctl enforcer uninstall linux'
  const next = fleetNextStep(rowsOf(report), { command, theme, run: report.run })
  const ends = [fleetFailures(report.failures, theme), fleetWaves(report, theme), next]
  return [...hosts, ...ends].filter((text) => text !== '').join('\n\n')
}

type ReachedHost = Extract<UninstallReport['hosts'][number], { outcome: 'ok' }>

/** The same for several hosts, once. */
function planViews(hosts: readonly ReachedHost[], theme: Theme): string[] {
  const groups = new Map<string, string[]>()
  for (const { host, value } of hosts) {
    const steps = value.steps.map(({ title }) => `  ${sanitiseLine(title)}`)
    const plan = steps.length === 0 ? ': no enforcer here, nothing to do' : [': would', ...steps].join('\n')
    groups.set(plan, [...(groups.get(plan) ?? []), sanitiseLine(host)])
  }
  return [...groups].map(([plan, names]) => {
    const count = names.length === 1 ? '' : ` (${names.length} hosts)`
    return `${theme.bold(foldNames(names))}${count}${plan}`
  })
}

function hostView({ host, value }: ReachedHost, theme: Theme): string {
  const name = theme.bold(sanitiseLine(host))
  switch (value.change) {
    case 'unchanged':
      return `${name}: no enforcer here, nothing to do`
    case 'planned':
      return ''
    case 'removed': {
      const gone = value.gone.map((what) => `  ${theme.good('gone')} ${sanitiseLine(what)}`)
      const forgotten = value.forgotten.map(
        (what) => `  ${theme.good('forgotten by the Console')} ${sanitiseLine(what)}`,
      )
      return [`${name}: removed, verified:`, ...gone, ...forgotten].join('\n')
    }
  }
}
