import type { CheckResult, HostPreflight } from '../../preflight/judge-host.ts'
import type { PreflightReport } from '../../preflight/preflight-report.ts'
import { sanitiseLine } from '../sanitise.ts'

/** A test suite a host, a test case a check: what CI systems read. */
export function preflightJunit(report: PreflightReport): string {
  const suites = report.hosts.map((host) => suite(host, report))
  const total = (count: (host: HostPreflight) => number): number =>
    report.hosts.reduce((sum, host) => sum + count(host), 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="preflight ${text(report.requirements.name)}" tests="${total((host) => casesOf(host))}" failures="${total((host) => failuresOf(host, report))}" errors="${total(errorsOf)}">`,
    ...suites,
    '</testsuites>',
  ].join('\n')
}

function suite(host: HostPreflight, report: PreflightReport): string {
  const skipped = host.checks.filter((check) => isSkipped(check)).length
  const open = `  <testsuite name="${text(host.host)}" tests="${casesOf(host)}" failures="${failuresOf(host, report)}" errors="${errorsOf(host)}" skipped="${skipped}">`
  const properties = [
    '    <properties>',
    `      <property name="system" value="${text(host.system ?? '')}"/>`,
    `      <property name="kernel" value="${text(host.kernel ?? '')}"/>`,
    '    </properties>',
  ]
  const reached =
    host.error === null
      ? host.checks.map((check) => testCase(check, report))
      : [
          `    <testcase classname="linux" name="reach"><error message="${text(host.error.message)}" type="${host.error.code}"/></testcase>`,
        ]
  return [open, ...properties, ...reached, '  </testsuite>'].join('\n')
}

function testCase(check: CheckResult, report: PreflightReport): string {
  const head = `    <testcase classname="linux.${check.category}" name="${text(check.id)}"`
  const detail = detailOf(check)
  const message = text(`${check.found} (wanted: ${check.wanted})`)
  if (fails(check, report))
    return `${head}><failure message="${message}" type="${check.severity}">${detail}</failure></testcase>`
  if (check.effect === 'undecided')
    return `${head}><error message="${message}" type="could not tell">${detail}</error></testcase>`
  if (isSkipped(check)) return `${head}><skipped message="${text(check.found)}"/></testcase>`
  if (check.outcome === 'pass') return `${head}/>`
  return `${head}><system-out>${text(`${check.severity}: ${check.found}`)}\n${detail}</system-out></testcase>`
}

/** Lines of ours, escaped one by one: none of them can be forged by what a host said. */
function detailOf(check: CheckResult): string {
  const lines = [
    ...(check.evidence === null ? [] : [`$ ${check.evidence.command}`, check.evidence.output]),
    check.fix === null ? check.hint : `fix: ${check.fix.command}`,
    check.documentation,
  ]
  return lines.map(text).join('\n')
}

/** With --strict a warning fails like the rest. */
function fails(check: CheckResult, report: PreflightReport): boolean {
  return check.effect === 'blocks' || (report.strict && check.effect === 'warns')
}

function isSkipped(check: CheckResult): boolean {
  return check.outcome === 'skipped' || (check.outcome === 'unknown' && check.effect === 'none')
}

function casesOf(host: HostPreflight): number {
  return host.error === null ? host.checks.length : 1
}

function failuresOf(host: HostPreflight, report: PreflightReport): number {
  return host.checks.filter((check) => fails(check, report)).length
}

function errorsOf(host: HostPreflight): number {
  if (host.error !== null) return 1
  return host.checks.filter((check) => check.effect === 'undecided').length
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML 1.0 has no way to write most control characters, nor lone surrogates. */
function text(raw: string): string {
  return sanitiseLine(raw)
    .replace(
      /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g,
      '\ufffd',
    )
    .replace(/[&<>"]/g, (mark) => entities[mark] ?? '')
}
