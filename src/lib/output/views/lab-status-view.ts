import { exitCode } from '../../errors/exit-code.ts'
import type { LabHostReport, LabReport } from '../../lab/lab-report.ts'
import type { Presentation } from '../presentation.ts'
import { renderTable } from '../table.ts'
import type { Paint, Theme } from '../theme.ts'

export const labStatusPresentation: Presentation<LabReport> = {
  kind: 'LabStatus',
  exitCode: ({ state }) => (state === 'up' ? exitCode.ok : exitCode.no),
  views: { table: labStatusView, jsonl: ({ hosts }) => hosts },
}

export function labStatusView(report: LabReport, theme: Theme): string {
  if (report.hosts.length === 0) return `There is no lab ${report.lab}. Make one with: apoctl lab up`
  const head = `Lab ${theme.bold(report.lab)} is ${paintOf(report.state, theme)(report.state)}: ${report.suite ?? ''}, ${report.subnet ?? ''} on ${report.bridge}, this machine is ${report.gateway ?? ''}`
  return [head, '', hostTable(report.hosts, theme)].join('\n')
}

/** The hosts of a lab as a table. */
export function hostTable(hosts: readonly LabHostReport[], theme: Theme): string {
  const rows = hosts.map(({ name, address, state, sshCommand }) => [
    name,
    address,
    paintOf(state, theme)(state),
    sshCommand,
  ])
  return renderTable({ columns: ['HOST', 'ADDRESS', 'STATE', 'SSH'], rows }, theme)
}

function paintOf(state: LabReport['state'] | LabHostReport['state'], theme: Theme): Paint {
  switch (state) {
    case 'up':
      return theme.good
    case 'partial':
    case 'booting':
      return theme.warn
    case 'down':
      return theme.bad
    default:
      return state satisfies never
  }
}
