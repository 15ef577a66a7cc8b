import { exitCode } from '../../errors/exit-code.ts'
import type { HostDifference, RunDifference } from '../../fleet/journal/diff-runs.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Paint, Theme } from '../theme.ts'

export const runDifferencePresentation: Presentation<RunDifference> = {
  kind: 'RunDifference',
  exitCode: ({ changes }) => (changes.some(({ kind }) => kind === 'broken') ? exitCode.no : exitCode.ok),
  views: { table: runDifferenceView, jsonl: ({ changes }) => changes },
}

function runDifferenceView({ before, after, changes, alike }: RunDifference, theme: Theme): string {
  const rest = `${alike} host(s) as before`
  if (changes.length === 0) return `no difference: ${rest}`
  const rows = changes.map(({ host, kind, before: was = '-', after: is = '-' }) => [
    sanitiseLine(host),
    paintOf(kind, theme)(kind),
    sanitiseLine(was),
    sanitiseLine(is),
  ])
  return [renderTable({ columns: ['HOST', 'CHANGE', before.id, after.id], rows }, theme), '', rest].join('\n')
}

function paintOf(kind: HostDifference['kind'], theme: Theme): Paint {
  if (kind === 'mended') return theme.good
  return kind === 'broken' ? theme.bad : theme.warn
}
