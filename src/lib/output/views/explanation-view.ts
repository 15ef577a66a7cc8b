import type { Explanation, ExplanationReport } from '../../errors/explain.ts'
import { exitCode } from '../../errors/exit-code.ts'
import type { Presentation } from '../presentation.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'

export const explanationPresentation: Presentation<ExplanationReport> = {
  kind: 'ErrorExplanation',
  exitCode: () => exitCode.ok,
  views: {
    table: explanationView,
    jsonl: (report) => report.errors,
  },
}

function explanationView(report: ExplanationReport, theme: Theme): string {
  const [only, ...others] = report.errors
  if (only !== undefined && others.length === 0) return oneView(only, theme)
  const rows = report.errors.map(({ code, exitCode: exit, title }) => [code, String(exit), title])
  return renderTable({ columns: ['CODE', 'EXIT', 'WHAT HAPPENED'], rows }, theme)
}

function oneView(error: Explanation, theme: Theme): string {
  return [
    `${theme.bold(error.code)}  ${error.title} (exit ${error.exitCode})`,
    '',
    `${theme.bold('Why')}   ${error.cause}`,
    ...error.fix.map((step, index) => `${index === 0 ? theme.bold('Do') : '  '}    ${step}`),
  ].join('\n')
}
