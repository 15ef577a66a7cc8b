import type { UninstallReport } from '../../install/linux/uninstall-linux.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'
import { fleetFailures } from './fleet-failures.ts'

export const uninstallPresentation: Presentation<UninstallReport> = {
  kind: 'UninstallReport',
  exitCode: (report) => report.exitCode,
  views: { table: uninstallView, jsonl: (report) => report.hosts },
}

function uninstallView(report: UninstallReport, theme: Theme): string {
  const hosts = report.hosts.flatMap((result) => (result.outcome === 'ok' ? [hostView(result, theme)] : []))
  const failures = report.failures.length === 0 ? [] : [fleetFailures(report.failures, theme)]
  return [...hosts, ...failures].join('\n\n')
}

type ReachedHost = Extract<UninstallReport['hosts'][number], { outcome: 'ok' }>

function hostView({ host, value }: ReachedHost, theme: Theme): string {
  const name = theme.bold(sanitiseLine(host))
  switch (value.change) {
    case 'unchanged':
      return `${name}: no enforcer here, nothing to do`
    case 'planned':
      return [`${name}: would`, ...value.steps.map(({ title }) => `  ${sanitiseLine(title)}`)].join('\n')
    case 'removed': {
      const gone = value.gone.map((what) => `  ${theme.good('gone')} ${sanitiseLine(what)}`)
      const forgotten = value.forgotten.map(
        (what) => `  ${theme.good('forgotten by the Console')} ${sanitiseLine(what)}`,
      )
      return [`${name}: removed, verified:`, ...gone, ...forgotten].join('\n')
    }
  }
}
