import type { Interfaces } from '@oclif/core'
import { canaryFlags, changeFlags, rolloutFlags } from './rollout-flags.ts'
import { consoleFlags } from './console-flags.ts'
import { fleetFlags } from './fleet-flags.ts'
import { installFlags } from './install-flags.ts'
import { outputFlags } from './output-flags.ts'

/** The flags of `enforcer install linux`, which a plan is carried out with as well. */
export const linuxInstallFlags = {
  ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'junit', 'markdown', 'none']),
  ...consoleFlags,
  ...fleetFlags,
  ...rolloutFlags,
  ...canaryFlags,
  ...installFlags,
  ...changeFlags,
}

export type LinuxInstallFlags = Interfaces.InferredFlags<typeof linuxInstallFlags>
