import type { FleetRow } from './fleet-rows.ts'
import { xmlText } from './xml-text.ts'

/** A test suite a wave, a test case a host: what CI systems read. */
export function fleetJunit(rows: readonly FleetRow[], name: string): string {
  const waves = new Map<number | undefined, FleetRow[]>()
  for (const row of rows) waves.set(row.wave, [...(waves.get(row.wave) ?? []), row])
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xmlText(name)}" ${counts(rows)}>`,
    ...[...waves].map(([wave, members]) => suite(members, { name, wave })),
    '</testsuites>',
  ].join('\n')
}

function suite(
  rows: readonly FleetRow[],
  about: { readonly name: string; readonly wave: number | undefined },
): string {
  const title = about.wave === undefined ? about.name : `${about.name} wave ${about.wave}`
  const classname = xmlText(title.replaceAll(' ', '.'))
  return [
    `  <testsuite name="${xmlText(title)}" ${counts(rows)}>`,
    ...rows.map((row) => testCase(row, classname)),
    '  </testsuite>',
  ].join('\n')
}

function counts(rows: readonly FleetRow[]): string {
  const count = (standing: FleetRow['standing']): number =>
    rows.filter((row) => row.standing === standing).length
  return `tests="${rows.length}" failures="${count('bad')}" errors="0" skipped="${count('left alone')}"`
}

function testCase(row: FleetRow, classname: string): string {
  const { host, standing, result, detail, code, durationMs } = row
  const head = `    <testcase classname="${classname}" name="${xmlText(host)}" time="${(durationMs / 1000).toFixed(3)}"`
  switch (standing) {
    case 'good':
      return `${head}><system-out>${xmlText(detail === '' ? result : `${result}: ${detail}`)}</system-out></testcase>`
    case 'bad':
      return `${head}><failure message="${xmlText(detail)}" type="${xmlText(code === '' ? result : code)}"/></testcase>`
    case 'left alone':
      return `${head}><skipped message="${xmlText(`${result}: ${detail}`)}"/></testcase>`
  }
}
