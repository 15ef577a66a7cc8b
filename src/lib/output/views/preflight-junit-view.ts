import type { CheckResult, HostPreflight } from '../../preflight/judge-host.ts'
import type { PreflightReport } from '../../preflight/preflight-report.ts'
import { xmlText } from './xml-text.ts'

/** A test suite a host, a test case a check: what CI systems read. */
export function preflightJunit(report: PreflightReport): string {
  const suites = report.hosts.map((host) => suite(host, report))
  const total = (count: (host: HostPreflight) => number): number =>
    report.hosts.reduce((sum, host) => sum + count(host), 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="preflight ${xmlText(report.requirements.name)}" tests="${total((host) => casesOf(host))}" failures="${total((host) => failuresOf(host, report))}" errors="${total(errorsOf)}">`,
    ...suites,
    '</testsuites>',
  ].join('\n')
}

function suite(host: HostPreflight, report: PreflightReport): string {
  const skipped = host.checks.filter((check) => isSkipped(check)).length
  const open = `  <testsuite name="${xmlText(host.host)}" tests="${casesOf(host)}" failures="${failuresOf(host, report)}" errors="${errorsOf(host)}" skipped="${skipped}">`
  const properties = [
    '    <properties>',
    `      <property name="system" value="${xmlText(host.system ?? '')}"/>`,
    `      <property name="kernel" value="${xmlText(host.kernel ?? '')}"/>`,
    '    </properties>',
  ]
  const reached =
    host.error === null
      ? host.checks.map((check) => testCase(check, report))
      : [
          `    <testcase classname="linux" name="reach"><error message="${xmlText(host.error.message)}" type="${host.error.code}"/></testcase>`,
        ]
  return [open, ...properties, ...reached, '  </testsuite>'].join('\n')
}

function testCase(check: CheckResult, report: PreflightReport): string {
  const head = `    <testcase classname="linux.${check.category}" name="${xmlText(check.id)}"`
  const detail = detailOf(check)
  const message = xmlText(`${check.found} (wanted: ${check.wanted})`)
  if (fails(check, report))
    return `${head}><failure message="${message}" type="${check.severity}">${detail}</failure></testcase>`
  if (check.effect === 'undecided')
    return `${head}><error message="${message}" type="could not tell">${detail}</error></testcase>`
  if (isSkipped(check)) return `${head}><skipped message="${xmlText(check.found)}"/></testcase>`
  if (check.outcome === 'pass') return `${head}/>`
  return `${head}><system-out>${xmlText(`${check.severity}: ${check.found}`)}\n${detail}</system-out></testcase>`
}

/** Lines of ours, escaped one by one: none of them can be forged by what a host said. */
function detailOf(check: CheckResult): string {
  const lines = [
    ...(check.evidence === null ? [] : [`$ ${check.evidence.command}`, check.evidence.output]),
    check.fix === null ? check.hint : `fix: ${check.fix.command}`,
    check.documentation,
  ]
  return lines.map(xmlText).join('\n')
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
