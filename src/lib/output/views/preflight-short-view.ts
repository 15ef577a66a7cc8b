import type { Finding } from '../../preflight/fold-findings.ts'
import type { PreflightReport } from '../../preflight/preflight-report.ts'
import { sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'
import { resultMark } from './preflight-marks.ts'

/** Problems only, one line each; nothing at all when there are none. */
export function preflightShort(report: PreflightReport, theme: Theme): string {
  const lost = report.hosts.flatMap(({ host, error }) =>
    error === null
      ? []
      : [
          `${theme.rich ? theme.bad('×') : 'unreachable'} ${sanitiseLine(host)}: ${sanitiseLine(error.message)}`,
        ],
  )
  const problems = report.findings.map((finding) => `${markOf(finding, theme)} ${lineOf(finding)}`)
  return [...lost, ...problems].join('\n')
}

function lineOf(finding: Finding): string {
  const [first] = finding.found
  const found = first === undefined ? '' : ` - ${sanitiseLine(first.text)}`
  return `${sanitiseLine(finding.summary)}${found}`
}

/** The problems of many hosts, each with its commands. */
export function findingLines(report: PreflightReport, theme: Theme): string[] {
  return report.findings.flatMap((finding) => [
    `${markOf(finding, theme)} ${sanitiseLine(finding.summary)}`,
    ...finding.found
      .slice(0, 3)
      .map(
        ({ text, hosts }) =>
          `    ${sanitiseLine(text)}${hosts === finding.hosts.length ? '' : ` (${hosts === 1 ? '1 host' : `${hosts} hosts`})`}`,
      ),
    ...(finding.fixes.length === 0
      ? [`    ${finding.hint}`]
      : finding.fixes.map(({ command }) => `    ${theme.accent(sanitiseLine(command))}`)),
    theme.dim(`    ${sanitiseLine(finding.hostsFolded)}`),
  ])
}

function markOf(finding: Finding, theme: Theme): string {
  return resultMark({ outcome: 'fail', effect: finding.effect }, theme)
}
