import { exitCode } from '../../errors/exit-code.ts'
import type { CheckListReport } from '../../preflight/list-checks.ts'
import type { Presentation } from '../presentation.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'

export const preflightListPresentation: Presentation<CheckListReport> = {
  kind: 'CheckListReport',
  exitCode: () => exitCode.ok,
  views: { table: listTable, markdown: listMarkdown, jsonl: (report) => report.checks },
}

function listTable(report: CheckListReport, theme: Theme): string {
  const rows = report.checks.map(({ id, severity, requirement }) => [id, severity, requirement])
  return [
    `${theme.bold(report.requirements.title)} (${report.requirements.name})`,
    '',
    renderTable({ columns: ['CHECK', 'SEVERITY', 'WANTED'], rows }, theme),
  ].join('\n')
}

function listMarkdown(report: CheckListReport): string {
  return [
    `# ${report.requirements.title}`,
    '',
    '| Check | Severity | Wanted |',
    '| --- | --- | --- |',
    ...report.checks.map(
      ({ id, severity, requirement }) => `| ${id} | ${severity} | ${requirement.replaceAll('|', '\\|')} |`,
    ),
  ].join('\n')
}
