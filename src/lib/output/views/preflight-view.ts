import type { CheckResult, HostPreflight } from '../../preflight/judge-host.ts'
import type { PreflightReport } from '../../preflight/preflight-report.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'
import { fleetFailures } from './fleet-failures.ts'
import { preflightJunit } from './preflight-junit-view.ts'
import { preflightMarkdown } from './preflight-markdown-view.ts'
import { hostMark, resultMark } from './preflight-marks.ts'
import { findingLines, preflightShort } from './preflight-short-view.ts'

export const preflightPresentation: Presentation<PreflightReport> = {
  kind: 'PreflightReport',
  exitCode: (report) => report.exitCode,
  views: {
    table: preflightTable,
    short: preflightShort,
    markdown: preflightMarkdown,
    junit: preflightJunit,
    jsonl: (report) => report.hosts.flatMap((host) => [...linesOfHost(host)]),
  },
}

/** One line a check, each of which says whose it is. */
function* linesOfHost(host: HostPreflight): Generator<object> {
  const { host: name, verdict, system, kernel, error } = host
  if (error !== null) yield { host: name, verdict, error }
  for (const check of host.checks) yield { host: name, system, kernel, ...check }
}

function preflightTable(report: PreflightReport, theme: Theme): string {
  const [only] = report.hosts
  const body =
    report.hosts.length === 1 && only !== undefined
      ? oneHost(only, theme)
      : [hostTable(report, theme), ...apart(findingLines(report, theme))]
  return [
    ...body,
    ...apart(lost(report, theme)),
    ...fixLines(report, theme),
    '',
    summaryLine(report, theme),
  ].join('\n')
}

/** The hosts that could not be asked, by cause. */
function lost(report: PreflightReport, theme: Theme): string[] {
  return report.failures.length === 0 ? [] : [fleetFailures(report.failures, theme)]
}

/** A paragraph of its own, if there is anything in it. */
function apart(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines]
}

function oneHost(host: HostPreflight, theme: Theme): string[] {
  const title = theme.bold(sanitiseLine(host.host))
  if (host.error !== null) return [`${title}  ${theme.bad('unreachable')}`]
  const system = [host.system, host.kernel].filter((text) => text !== null).join(', kernel ')
  return [
    `${title}  ${theme.dim(sanitiseLine(system))}`,
    ...checkLines(host.checks, theme),
    ...advice(host, theme),
  ]
}

/** One table, so that its columns stand under each other, cut into categories afterwards. */
function checkLines(checks: readonly CheckResult[], theme: Theme): string[] {
  const columns = ['', 'CHECK', 'SEVERITY', 'FOUND']
  const [head = '', ...lines] = renderTable({ columns, rows: rowsOf(checks, theme) }, theme).split('\n')
  const grouped = checks.flatMap(({ category }, at) => {
    const line = lines[at] ?? ''
    return category === checks[at - 1]?.category ? [line] : ['', theme.bold(category), line]
  })
  return ['', head, ...grouped]
}

function rowsOf(checks: readonly CheckResult[], theme: Theme): string[][] {
  return checks.map((check) => [
    resultMark(check, theme),
    check.id,
    theme.dim(check.severity),
    sanitiseLine(check.found) + (check.decision === null ? '' : theme.dim(` [${check.decision}]`)),
  ])
}

/** What to do, after everything was seen: the problems alone, each with its command or hint. */
function advice(host: HostPreflight, theme: Theme): string[] {
  const problems = host.checks.filter(({ effect }) => effect !== 'none')
  if (problems.length === 0) return []
  return [
    '',
    theme.bold('what to do'),
    ...problems.flatMap((check) => [
      `${resultMark(check, theme)} ${check.id}`,
      `    wanted: ${sanitiseLine(check.wanted)}`,
      check.fix === null ? `    ${check.hint}` : `    ${theme.accent(sanitiseLine(check.fix.command))}`,
      ...(check.evidence === null ? [] : [theme.dim(`    see: ${sanitiseLine(check.evidence.command)}`)]),
      theme.dim(`    ${check.documentation}`),
    ]),
  ]
}

function hostTable(report: PreflightReport, theme: Theme): string {
  const rows = report.hosts.map((host) => [
    hostMark(host.verdict, theme),
    sanitiseLine(host.host),
    sanitiseLine(host.system ?? '-'),
    sanitiseLine(host.kernel ?? '-'),
    host.error === null ? problemCount(host) : sanitiseLine(host.error.message),
  ])
  return renderTable({ columns: ['', 'HOST', 'SYSTEM', 'KERNEL', 'PROBLEMS'], rows }, theme)
}

function problemCount(host: HostPreflight): string {
  const count = (effect: CheckResult['effect']): number =>
    host.checks.filter((check) => check.effect === effect).length
  const parts = [
    [count('blocks'), 'fail'],
    [count('undecided'), 'could not tell'],
    [count('warns'), 'warn'],
  ] as const
  const text = parts.flatMap(([number, word]) => (number === 0 ? [] : [`${number} ${word}`])).join(', ')
  return text === '' ? 'none' : text
}

function fixLines(report: PreflightReport, theme: Theme): string[] {
  if (report.fixes.length === 0) return []
  return [
    '',
    theme.bold('fixes'),
    ...report.fixes.map((fix) => {
      const said = fix.output === '' ? '' : `: ${sanitiseLine(fix.output)}`
      return `${sanitiseLine(fix.host)}  ${fix.checkId}  ${fix.outcome}${said}`
    }),
  ]
}

export function summaryLine(report: PreflightReport, theme: Theme): string {
  const { pass, warn, fail, unknown, unreachable } = report.counts
  const parts = [
    [pass, 'pass', theme.good],
    [warn, 'pass with warnings', theme.warn],
    [fail, 'fail', theme.bad],
    [unknown, 'could not tell', theme.warn],
    [unreachable, 'unreachable', theme.bad],
  ] as const
  const counted = parts.flatMap(([count, word, paint]) => (count === 0 ? [] : [paint(`${count} ${word}`)]))
  const hosts = report.hosts.length === 1 ? '1 host' : `${report.hosts.length} hosts`
  return `${hosts} against ${report.requirements.name}: ${counted.join(', ')}`
}
