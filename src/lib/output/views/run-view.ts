import { exitCode } from '../../errors/exit-code.ts'
import type { RunHost } from '../../fleet/journal/run-record.ts'
import type { ShownRun } from '../../fleet/journal/show-run.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'
import { fleetFailures } from './fleet-failures.ts'
import { fleetJunit } from './fleet-junit-view.ts'
import { fleetMarkdown } from './fleet-markdown-view.ts'
import type { FleetRow } from './fleet-rows.ts'
import { paintOf, runCounts, runState } from './run-words.ts'

export const runPresentation: Presentation<ShownRun> = {
  kind: 'Run',
  exitCode: () => exitCode.ok,
  views: {
    table: runView,
    markdown: (run) =>
      fleetMarkdown({ title: titleOf(run), rows: rowsOf(run), waves: [], failures: run.failures }),
    junit: (run) => fleetJunit(rowsOf(run), run.command),
  },
}

const titleOf = ({ id, command, startedAt }: ShownRun): string => `${command}, run ${id} of ${startedAt}`

function rowsOf({ hosts }: ShownRun): FleetRow[] {
  return hosts.map(({ host, state, durationMs = 0, error, reason }) => ({
    host,
    wave: undefined,
    result: state,
    standing: state === 'failed' ? 'bad' : state === 'pending' || state === 'begun' ? 'left alone' : 'good',
    detail: error?.message ?? reason ?? '',
    code: error?.code ?? '',
    durationMs,
  }))
}

function runView(run: ShownRun, theme: Theme): string {
  const parts = [headOf(run, theme), run.inDetail ? stepsOf(run.hosts, theme) : hostsOf(run.hosts, theme)]
  if (!run.inDetail) parts.push(fleetFailures(run.failures, theme), nextOf(run, theme))
  return parts.filter((text) => text !== '').join('\n\n')
}

function headOf(run: ShownRun, theme: Theme): string {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['command', `apoctl ${[run.command, ...run.words].join(' ')}`],
    ['started', `${run.startedAt} by ${run.operator}, apoctl ${run.apoctlVersion}`],
    ['ended', run.endedAt],
    ['console', run.console],
    ['namespace', run.namespace],
    ['continues', run.continues],
    ['journal', run.folder],
  ]
  const rows = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${theme.dim(name.padEnd(10))}${sanitiseLine(value)}`],
  )
  const state = `${runState(run, theme)} (${runCounts(run.counts, theme)})`
  return [`${theme.bold(`Run ${run.id}`)}: ${state}`, ...rows].join('\n')
}

function hostsOf(hosts: readonly RunHost[], theme: Theme): string {
  const rows = hosts.map(({ host, state, durationMs, error, reason, steps }) => [
    sanitiseLine(host),
    paintOf(state, theme)(state),
    durationMs === undefined ? '-' : `${(durationMs / 1000).toFixed(1)} s`,
    sanitiseLine(error?.code ?? reason ?? (state === 'begun' ? (steps.at(-1)?.step ?? '') : '')),
  ])
  return renderTable({ columns: ['HOST', 'STATE', 'TOOK', 'WHY'], rows }, theme)
}

function stepsOf(hosts: readonly RunHost[], theme: Theme): string {
  return hosts
    .map(({ host, state, steps, error }) =>
      [
        `${theme.bold(sanitiseLine(host))}: ${paintOf(state, theme)(state)}`,
        ...steps.map(({ time, step, outcome }) => `  ${time}  ${outcome.padEnd(9)}  ${sanitiseLine(step)}`),
        ...(error === undefined ? [] : [`  ${theme.bad(error.code)}: ${sanitiseLine(error.message)}`]),
      ].join('\n'),
    )
    .join('\n\n')
}

/** What to type for the hosts that are left. */
function nextOf(run: ShownRun, theme: Theme): string {
  const { failed, begun, pending } = run.counts
  if (run.state === 'running' || failed + begun + pending === 0) return ''
  const flag = begun + pending > 0 ? '--resume' : '--retry-failed'
  return `next, for the others: ${theme.accent(`apoctl ${run.command} ${flag} ${run.id}`)}`
}
