import { exitCode } from '../../errors/exit-code.ts'
import type { ConsoleHealthReport } from '../../status/console-health.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'

export const consoleHealthPresentation: Presentation<ConsoleHealthReport> = {
  kind: 'ConsoleHealthReport',
  exitCode: ({ condition }) => (condition === 'operational' ? exitCode.ok : exitCode.no),
  views: { table: tableView, jsonl: ({ parts }) => parts },
}

function tableView({ api, condition, tookMs, parts }: ConsoleHealthReport, theme: Theme): string {
  const rows = parts.map(({ type, name = '', status, responseTime = '', alerts = [] }) => [
    type,
    sanitiseLine(name),
    paint(status, theme),
    sanitiseLine(responseTime),
    sanitiseLine(alerts.join('; ')),
  ])
  const columns = ['PART', 'NAME', 'STATUS', 'RESPONSE', 'ALERTS']
  const table = rows.length === 0 ? [] : [renderTable({ columns, rows }, theme), '']
  const word = condition === 'operational' ? theme.good(condition) : theme.bad(condition)
  return [...table, `${api} is ${word} (${tookMs} ms)`].join('\n')
}

function paint(status: string, theme: Theme): string {
  if (status === 'Operational') return theme.good(status)
  return status === 'Degraded' ? theme.warn(status) : theme.bad(sanitiseLine(status))
}
