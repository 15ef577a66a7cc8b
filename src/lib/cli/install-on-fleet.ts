import { installLinux, type LinuxInstallOptions } from '../install/linux/install-linux.ts'
import type { InstallReport } from '../install/linux/install-report.ts'
import { changeFleet, type AskedChange } from './change-fleet.ts'
import { connectConsole } from './connect-console.ts'
import type { CommandContext } from './context.ts'
import { installOptions } from './flags/install-flags.ts'
import type { LinuxInstallFlags } from './flags/linux-change-flags.ts'
import { waveChoice } from './flags/rollout-flags.ts'
import { readRepository } from './read-repository.ts'

/** Installs, or upgrades, on the hosts that the flags name, or makes a plan to, or carries one out. */
export async function installOnFleet(
  asked: AskedChange<LinuxInstallFlags> & Pick<LinuxInstallOptions, 'upgrade'>,
  context: CommandContext,
): Promise<InstallReport> {
  const { flags, upgrade } = asked
  const console = await connectConsole(flags, context)
  const options = await installOptions(flags, { console, context })
  const repository = await readRepository(flags, { console: console.client, context })
  const names =
    upgrade === undefined
      ? { step: 'install', verb: 'Install the enforcer on' }
      : { step: 'upgrade', verb: 'Upgrade the enforcer on' }
  return changeFleet(
    {
      ...asked,
      ...names,
      console: console.client,
      act: (how, way) =>
        installLinux(
          { ...options, ...how, repository, waves: waveChoice(flags), upgrade },
          { ...way, console: console.client, clock: context.clock },
        ),
    },
    context,
  )
}
