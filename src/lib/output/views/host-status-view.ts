import type { HostStatusReport } from '../../install/linux/status-linux.ts'
import type { HostStatus } from '../../install/linux/host-status.ts'
import { foldNames } from '../../progress/fold-names.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'
import { fleetFailures } from './fleet-failures.ts'
import { fleetJunit } from './fleet-junit-view.ts'
import { fleetMarkdown } from './fleet-markdown-view.ts'
import { fleetRows, type FleetRow } from './fleet-rows.ts'

export const hostStatusPresentation: Presentation<HostStatusReport> = {
  kind: 'HostStatusReport',
  exitCode: (report) => report.exitCode,
  views: {
    table: tableView,
    markdown: (report) => fleetMarkdown({ ...report, title: 'Enforcers', rows: rowsOf(report) }),
    junit: (report) => fleetJunit(rowsOf(report), 'status'),
    jsonl: (report) => report.hosts,
  },
}

const words: Readonly<Record<HostStatus['state'], string>> = {
  connected: 'connected',
  'not-connected': 'not connected',
  'not-running': 'not running',
  'not-installed': 'not installed',
  unknown: 'running',
}

function rowsOf(report: HostStatusReport): FleetRow[] {
  return fleetRows(report.hosts, ({ state, problems }) => ({
    result: words[state],
    isBad: state !== 'connected',
    detail: [...problems, ...(state === 'unknown' ? ['the Console could not be asked'] : [])].join('; '),
  }))
}

function tableView(report: HostStatusReport, theme: Theme): string {
  const reached = report.hosts.filter((host) => host.outcome === 'ok')
  const rows = reached.map(({ host, value }) => [
    sanitiseLine(host),
    stateWord(value, theme),
    sanitiseLine(value.version ?? '-'),
    sanitiseLine(value.enforcer?.namespace ?? value.namespace ?? '-'),
    value.enforcer?.enforcement ?? '-',
    value.enforcer?.lastSeen ?? '-',
  ])
  const columns = ['HOST', 'STATE', 'VERSION', 'NAMESPACE', 'ENFORCEMENT', 'LAST SEEN']
  const connected = reached.filter(({ value }) => value.state === 'connected').length
  return [
    rows.length === 0 ? '' : renderTable({ columns, rows }, theme),
    problemLines(reached, theme).join('\n'),
    fleetFailures(report.failures, theme),
    consoleLine(report, theme),
    `${connected} of ${report.hosts.length} hosts have a connected enforcer`,
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

function stateWord({ state, problems }: HostStatus, theme: Theme): string {
  if (state === 'connected')
    return problems.length === 0 ? theme.good(words[state]) : theme.warn(words[state])
  return state === 'unknown' ? theme.warn(words[state]) : theme.bad(words[state])
}

/** The same problem of several hosts, once. */
function problemLines(
  hosts: readonly { readonly host: string; readonly value: HostStatus }[],
  theme: Theme,
): string[] {
  const groups = new Map<string, string[]>()
  for (const { host, value } of hosts)
    for (const problem of value.problems) groups.set(problem, [...(groups.get(problem) ?? []), host])
  return [...groups].map(
    ([problem, names]) => `${theme.bold(sanitiseLine(foldNames(names)))}: ${sanitiseLine(problem)}`,
  )
}

function consoleLine({ consoleError }: HostStatusReport, theme: Theme): string {
  if (consoleError === null) return ''
  return `${theme.bad('the Console could not be asked:')} ${sanitiseLine(consoleError.message)}`
}
