import type { HostPreflight } from '../../preflight/judge-host.ts'
import type { PreflightReport } from '../../preflight/preflight-report.ts'
import { sanitiseLine } from '../sanitise.ts'
import { markdownCell } from './markdown-cell.ts'

/** For a ticket or a wiki: hosts, then problems, then every check folded away per host. */
export function preflightMarkdown(report: PreflightReport): string {
  const { requirements, hosts, findings } = report
  return [
    `# Preflight against ${markdownCell(requirements.title)}`,
    '',
    '| Host | Verdict | System | Kernel |',
    '| --- | --- | --- | --- |',
    ...hosts.map(
      (host) =>
        `| ${markdownCell(host.host)} | ${host.verdict} | ${markdownCell(host.system ?? host.error?.message ?? '-')} | ${markdownCell(host.kernel ?? '-')} |`,
    ),
    ...(findings.length === 0 ? [] : ['', '## Problems', '']),
    ...findings.flatMap((finding) => [
      `- **${finding.severity}** ${markdownCell(finding.summary)}`,
      ...finding.found.slice(0, 3).map(({ text }) => `  - found: ${markdownCell(text)}`),
      ...(finding.fixes.length === 0
        ? [`  - ${markdownCell(finding.hint)}`]
        : finding.fixes.map(({ command }) => `  - fix: ${code(command)}`)),
    ]),
    ...hosts.filter(({ checks }) => checks.length > 0).flatMap(hostSection),
  ].join('\n')
}

function hostSection(host: HostPreflight): string[] {
  return [
    '',
    `<details><summary>${markdownCell(host.host)}: ${host.checks.length} checks</summary>`,
    '',
    '| Check | Outcome | Severity | Found |',
    '| --- | --- | --- | --- |',
    ...host.checks.map(
      (check) =>
        `| ${check.id} | ${check.decision === null ? check.outcome : `${check.outcome} (${check.decision})`} | ${check.severity} | ${markdownCell(check.found)} |`,
    ),
    '',
    '</details>',
  ]
}

/** A code span that no backtick inside can end. */
function code(text: string): string {
  const line = sanitiseLine(text)
  const fence = '`'.repeat(Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length)) + 1)
  return `${fence} ${line} ${fence}`
}
