import type { InstallReport } from '../install/linux/install-report.ts'
import type { AskedChange } from './change-fleet.ts'
import type { CommandContext } from './context.ts'
import type { LinuxUpgradeFlags } from './flags/linux-change-flags.ts'
import { installOnFleet } from './install-on-fleet.ts'

/** Upgrades the enforcers of the hosts that the flags name, or makes a plan to, or carries one out. */
export function upgradeFleet(
  asked: AskedChange<LinuxUpgradeFlags>,
  context: CommandContext,
): Promise<InstallReport> {
  const { flags } = asked
  const version = flags['target-version']
  // An upgrade leaves alone what an enforcer is told, so whatever else an installation asks for plays no part.
  const unasked = { 'auth-mode': 'token', tag: undefined, 'raw-flags': undefined } as const
  const wanted = { ...unasked, 'enforcer-version': version === 'latest' ? undefined : version }
  const upgrade = { probationMs: flags.probation }
  return installOnFleet({ ...asked, flags: { ...flags, ...wanted }, upgrade }, context)
}
