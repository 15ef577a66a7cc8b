import { installLinux } from '../install/linux/install-linux.ts'
import type { InstallReport } from '../install/linux/install-report.ts'
import { changeFleet, type AskedChange } from './change-fleet.ts'
import { connectConsole } from './connect-console.ts'
import type { CommandContext } from './context.ts'
import { installOptions } from './flags/install-flags.ts'
import type { LinuxUpgradeFlags } from './flags/linux-change-flags.ts'
import { waveChoice } from './flags/rollout-flags.ts'

/** Upgrades the enforcers of the hosts that the flags name, or makes a plan to, or carries one out. */
export async function upgradeFleet(
  asked: AskedChange<LinuxUpgradeFlags>,
  context: CommandContext,
): Promise<InstallReport> {
  const { flags } = asked
  const console = await connectConsole(flags, context)
  const version = flags['target-version']
  const wanted = {
    'auth-mode': 'token',
    'enforcer-version': version === 'latest' ? undefined : version,
  } as const
  const options = await installOptions({ ...flags, ...wanted }, { console, context })
  const change = { ...asked, step: 'upgrade', verb: 'Upgrade the enforcer on', console: console.client }
  return changeFleet(
    {
      ...change,
      act: (how, way) =>
        installLinux(
          { ...options, ...how, waves: waveChoice(flags), upgrade: { probationMs: flags.probation } },
          { ...way, console: console.client, clock: context.clock },
        ),
    },
    context,
  )
}
