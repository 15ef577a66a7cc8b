import { exitCode } from '../../errors/exit-code.ts'
import type { RunList } from '../../fleet/journal/list-runs.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'
import { runCounts, runState } from './run-words.ts'

export const runListPresentation: Presentation<RunList> = {
  kind: 'RunList',
  exitCode: () => exitCode.ok,
  views: { table: runListView, jsonl: ({ runs }) => runs },
}

function runListView({ runs, unreadable }: RunList, theme: Theme): string {
  if (runs.length + unreadable.length === 0) return 'There was no run from here yet.'
  const rows = runs.map((run) => [
    run.id,
    run.command,
    runState(run, theme),
    runCounts(run.counts, theme),
    sanitiseLine(run.operator),
  ])
  const table = renderTable({ columns: ['RUN', 'COMMAND', 'STATE', 'HOSTS', 'BY'], rows }, theme)
  const problems = unreadable.map(({ id, why }) => `${theme.warn(id)}: ${sanitiseLine(why)}`)
  return [table, ...problems].join('\n')
}
