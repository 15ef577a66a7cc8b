import { uninstallLinux, type UninstallReport } from '../install/linux/uninstall-linux.ts'
import { changeFleet, type AskedChange } from './change-fleet.ts'
import { connectConsole } from './connect-console.ts'
import type { CommandContext } from './context.ts'
import type { LinuxUninstallFlags } from './flags/linux-change-flags.ts'
import { waveChoice } from './flags/rollout-flags.ts'

/** Uninstalls from the hosts that the flags name, or makes a plan to, or carries one out. */
export async function uninstallFromFleet(
  asked: AskedChange<LinuxUninstallFlags>,
  context: CommandContext,
): Promise<UninstallReport> {
  const { flags } = asked
  const console = flags['keep-in-console'] ? undefined : (await connectConsole(flags, context)).client
  const change = { ...asked, step: 'uninstall', verb: 'Remove the enforcer from', console }
  return changeFleet(
    {
      ...change,
      act: (how, way) =>
        uninstallLinux(
          { ...how, waves: waveChoice(flags), keepSource: flags.soft },
          { ...way, console, clock: context.clock },
        ),
    },
    context,
  )
}
