import { Flags, type Interfaces } from '@oclif/core'
import { consoleFlags } from './console-flags.ts'
import { deliveryFlags } from './delivery-flags.ts'
import { durationFlag } from './duration-flag.ts'
import { fleetFlags } from './fleet-flags.ts'
import { installFlags } from './install-flags.ts'
import { outputFlags } from './output-flags.ts'
import { repoFlags } from './repo-flags.ts'
import { canaryFlags, changeFlags, rolloutFlags } from './rollout-flags.ts'

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

const {
  bundle,
  'bundle-key': bundleKey,
  'connected-within': connectedWithin,
  'accept-risk': acceptRisk,
  skip,
} = installFlags

/** The flags of `enforcer upgrade linux`, which a plan is carried out with as well. */
export const linuxUpgradeFlags = {
  ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'junit', 'markdown', 'none']),
  ...consoleFlags,
  ...fleetFlags,
  ...rolloutFlags,
  ...canaryFlags,
  'target-version': Flags.string({
    summary: 'Version to change to; latest is that of the bundle, or the newest of the repository.',
    helpValue: 'VERSION',
    default: 'latest',
    helpGroup: 'ENFORCER',
  }),
  probation: durationFlag({
    summary:
      'How long an upgraded enforcer has to stay well, running and seen by the Console, before the next host; ' +
      'one that does not is brought back to the version before.',
    default: 30_000,
    helpGroup: 'ENFORCER',
  }),
  bundle,
  'bundle-key': bundleKey,
  ...repoFlags,
  ...deliveryFlags,
  'connected-within': connectedWithin,
  'accept-risk': acceptRisk,
  skip,
  ...changeFlags,
}

export type LinuxUpgradeFlags = Interfaces.InferredFlags<typeof linuxUpgradeFlags>

/** The flags of `enforcer uninstall linux`, which a plan is carried out with as well. */
export const linuxUninstallFlags = {
  ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'junit', 'markdown', 'none']),
  ...consoleFlags,
  ...fleetFlags,
  ...rolloutFlags,
  'keep-in-console': Flags.boolean({
    summary: 'Leave the Console alone: for hosts whose Console is gone or does not answer.',
  }),
  soft: Flags.boolean({
    summary: 'Leave the repository of packages and its key configured on the hosts.',
  }),
  ...changeFlags,
}

export type LinuxUninstallFlags = Interfaces.InferredFlags<typeof linuxUninstallFlags>
