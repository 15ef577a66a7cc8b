import { sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'
import type { FleetRow } from './fleet-rows.ts'

/** More names than this are not typed, nor read. */
const mostNames = 40

/** What to type next for the hosts that are not as they should be; empty when all are, or none is. */
export function fleetNextStep(
  rows: readonly FleetRow[],
  about: { readonly command: string; readonly theme: Theme },
): string {
  const left = rows.filter(({ standing }) => standing !== 'good').map(({ host }) => sanitiseLine(host))
  if (left.length === 0 || left.length === rows.length) return ''
  const { command, theme } = about
  if (left.length > mostNames)
    return 'next: the same command again; it changes nothing on hosts that are done'
  return `next, for the others: ${theme.accent(`${command} … --limit '${left.join(',')}'`)}`
}
