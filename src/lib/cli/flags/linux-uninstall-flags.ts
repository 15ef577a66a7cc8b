import { Flags, type Interfaces } from '@oclif/core'
import { changeFlags, rolloutFlags } from './rollout-flags.ts'
import { consoleFlags } from './console-flags.ts'
import { fleetFlags } from './fleet-flags.ts'
import { outputFlags } from './output-flags.ts'

/** The flags of `enforcer uninstall linux`, which a plan is carried out with as well. */
export const linuxUninstallFlags = {
  ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'junit', 'markdown', 'none']),
  ...consoleFlags,
  ...fleetFlags,
  ...rolloutFlags,
  'keep-in-console': Flags.boolean({
    summary: 'Leave the Console alone: for hosts whose Console is gone or does not answer.',
  }),
  ...changeFlags,
}

export type LinuxUninstallFlags = Interfaces.InferredFlags<typeof linuxUninstallFlags>
