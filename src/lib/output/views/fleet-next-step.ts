import type { RunReference } from '../../fleet/journal/run-record.ts'
import { sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'
import type { FleetRow } from './fleet-rows.ts'

/** Where the journal of a run is, and what to type next for the hosts that are not as they should be. */
export function fleetNextStep(
  rows: readonly FleetRow[],
  about: { readonly command: string; readonly theme: Theme; readonly run: RunReference | undefined },
): string {
  const { command, theme, run } = about
  if (run === undefined) return ''
  const areLeft = rows.some(({ standing }) => standing !== 'good')
  const next = areLeft ? [`next, for the others: ${theme.accent(`${command} --resume ${run.id}`)}`] : []
  return [...next, theme.dim(`journal: ${sanitiseLine(run.folder)}`)].join('\n')
}
