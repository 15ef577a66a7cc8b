import { exitCode } from '../../errors/exit-code.ts'
import type { LabDownReport } from '../../lab/lab-report.ts'
import type { Presentation } from '../presentation.ts'
import type { Theme } from '../theme.ts'

export const labDownPresentation: Presentation<LabDownReport> = {
  kind: 'LabDown',
  exitCode: () => exitCode.ok,
  views: { table: labDownView },
}

function labDownView(report: LabDownReport, theme: Theme): string {
  const name = theme.bold(report.lab)
  if (!report.changed) return `Lab ${name}: there is nothing to remove.`
  const verb = report.dryRun ? 'would remove' : 'removed'
  return [`Lab ${name}: ${verb}`, ...report.removed.map((item) => `  ${item}`)].join('\n')
}
