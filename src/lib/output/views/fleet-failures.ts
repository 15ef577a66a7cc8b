import type { FailureGroup } from '../../fleet/fleet-report.ts'
import { sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'

/** The hosts that could not be worked on, grouped by cause, each with what to do; empty when there are none. */
export function fleetFailures(groups: readonly FailureGroup[], theme: Theme): string {
  return groups.map((group) => oneCause(group, theme)).join('\n\n')
}

function oneCause(group: FailureGroup, theme: Theme): string {
  const count = group.hostCount === 1 ? '' : ` (${group.hostCount} hosts)`
  const head = `${theme.bad('failed')} ${theme.bold(sanitiseLine(group.hosts))}${count}: ${sanitiseLine(group.message)} ${theme.dim(`[${group.code}]`)}`
  const hints = group.hints
    .flatMap((hint) => hint.split('\n'))
    .map((hint) => theme.dim(`  ${sanitiseLine(hint)}`))
  return [head, ...hints].join('\n')
}
