import type { FailureGroup, WaveReport } from '../../fleet/fleet-report.ts'
import type { FleetRow } from './fleet-rows.ts'
import { markdownCell } from './markdown-cell.ts'

/** What a page about a run over a fleet is made of. */
export interface FleetPage {
  readonly title: string
  readonly rows: readonly FleetRow[]
  readonly waves: readonly WaveReport[]
  readonly failures: readonly FailureGroup[]
}

/** For a ticket or a wiki: waves, hosts, then why some failed. */
export function fleetMarkdown({ title, rows, waves, failures }: FleetPage): string {
  const hasWaves = waves.length > 0
  return [
    `# ${markdownCell(title)}`,
    ...(hasWaves ? ['', '| Wave | Hosts | Failed | Outcome |', '| --- | --- | --- | --- |'] : []),
    ...waves.map(
      ({ number, hosts, failed, outcome }) =>
        `| ${number} | ${markdownCell(hosts)} | ${failed} | ${outcome === 'not-attempted' ? 'not attempted' : outcome} |`,
    ),
    '',
    hasWaves ? '| Host | Wave | Result | Detail |' : '| Host | Result | Detail |',
    hasWaves ? '| --- | --- | --- | --- |' : '| --- | --- | --- |',
    ...rows.map((row) => {
      const wave = hasWaves ? ` ${row.wave ?? '-'} |` : ''
      return `| ${markdownCell(row.host)} |${wave} ${row.result} | ${markdownCell(row.detail)} |`
    }),
    ...(failures.length === 0 ? [] : ['', '## Failures', '']),
    ...failures.flatMap(({ code, message, hosts, hints }) => [
      `- **${markdownCell(hosts)}**: ${markdownCell(message)} (${code})`,
      ...hints.flatMap((hint) => hint.split('\n')).map((hint) => `  - ${markdownCell(hint)}`),
    ]),
  ].join('\n')
}
