import { exitCode } from '../../errors/exit-code.ts'
import type { LabUpReport } from '../../lab/lab-report.ts'
import type { Presentation } from '../presentation.ts'
import type { Theme } from '../theme.ts'
import { hostTable } from './lab-status-view.ts'

export const labUpPresentation: Presentation<LabUpReport> = {
  kind: 'LabUp',
  exitCode: () => exitCode.ok,
  views: { table: labUpView, jsonl: ({ hosts }) => hosts },
}

function labUpView(report: LabUpReport, theme: Theme): string {
  const next = [
    `${theme.bold('Next')}  apoctl preflight linux --inventory ${report.inventory}`,
    `      apoctl lab down${report.lab === 'default' ? '' : ` --name ${report.lab}`}`,
  ]
  const shown = report.dryRun ? [] : ['', hostTable(report.hosts, theme), '', ...next]
  return [summary(report, theme), ...shown].join('\n')
}

function summary(report: LabUpReport, theme: Theme): string {
  const name = theme.bold(report.lab)
  if (!report.changed) return `Lab ${name} is as asked: nothing changed.`
  const [booted, removed] = report.dryRun ? ['would boot', 'would remove'] : ['booted', 'removed']
  const parts = [
    ...(report.started.length > 0 ? [`${booted} ${report.started.join(', ')}`] : []),
    ...(report.removed.length > 0 ? [`${removed} ${report.removed.join(', ')}`] : []),
    ...(report.imageBuilt ? [report.dryRun ? 'would build the image' : 'built the image'] : []),
  ]
  const seconds = report.dryRun ? '' : ` in ${(report.durationMs / 1000).toFixed(1)} s`
  return `Lab ${name}: ${parts.length > 0 ? parts.join('; ') : 'mended the bridge'}${seconds}.`
}
