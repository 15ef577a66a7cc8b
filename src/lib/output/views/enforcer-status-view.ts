import { exitCode } from '../../errors/exit-code.ts'
import type { EnforcerStatus, EnforcerStatusReport } from '../../status/enforcer-status.ts'
import type { Presentation } from '../presentation.ts'
import { sanitise } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'
import { fleetJunit } from './fleet-junit-view.ts'
import { fleetMarkdown } from './fleet-markdown-view.ts'
import type { FleetRow } from './fleet-rows.ts'

export const enforcerStatusPresentation: Presentation<EnforcerStatusReport> = {
  kind: 'EnforcerStatusReport',
  exitCode: (report) =>
    report.connected === report.enforcers.length && report.missing.length === 0 ? exitCode.ok : exitCode.no,
  views: {
    table: tableView,
    markdown: (report) =>
      fleetMarkdown({ title: 'Enforcers', rows: rowsOf(report), waves: [], failures: [] }),
    junit: (report) => fleetJunit(rowsOf(report), 'status'),
    jsonl: (report) => report.enforcers,
  },
}

function rowsOf({ enforcers, missing }: EnforcerStatusReport): FleetRow[] {
  const other = { wave: undefined, code: '', durationMs: 0 }
  const known = enforcers.map((enforcer): FleetRow => {
    const { name: host, state, namespace, lastSeen } = enforcer
    const standing = state === 'Connected' && !enforcer.unreachable ? 'good' : 'bad'
    return {
      ...other,
      host,
      result: state,
      standing,
      detail: `${namespace}, last seen ${lastSeen ?? 'never'}`,
    }
  })
  const absent = missing.map((host): FleetRow => ({
    ...other,
    host,
    result: 'not registered',
    standing: 'bad',
    detail: '',
  }))
  return [...known, ...absent]
}

function tableView(report: EnforcerStatusReport, theme: Theme): string {
  const { enforcers, missing, connected } = report
  const rows = enforcers.map((enforcer) => [
    sanitise(enforcer.name),
    enforcer.namespace,
    stateWord(enforcer, theme),
    enforcer.enforcement,
    enforcer.version === '' ? '-' : sanitise(enforcer.version),
    enforcer.lastSeen ?? 'never',
  ])
  const columns = ['ENFORCER', 'NAMESPACE', 'STATE', 'ENFORCEMENT', 'VERSION', 'LAST SEEN']
  const table = rows.length === 0 ? [] : [renderTable({ columns, rows }, theme), '']
  const absent = missing.map((name) => `${theme.bad('not registered:')} ${sanitise(name)}`)
  return [...table, ...absent, `${connected} of ${enforcers.length} enforcers connected`].join('\n')
}

function stateWord(enforcer: EnforcerStatus, theme: Theme): string {
  if (enforcer.unreachable) return theme.bad(`${enforcer.state}, unreachable`)
  return enforcer.state === 'Connected' ? theme.good(enforcer.state) : theme.warn(enforcer.state)
}
