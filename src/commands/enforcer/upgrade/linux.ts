import { ApoctlCommand } from '../../../lib/cli/base-command.ts'
import { linuxUpgradeFlags } from '../../../lib/cli/flags/linux-change-flags.ts'
import { upgradeFleet } from '../../../lib/cli/upgrade-fleet.ts'
import { installPresentation } from '../../../lib/output/views/install-view.ts'

export default class EnforcerUpgradeLinux extends ApoctlCommand {
  static override readonly summary =
    'Change the version of the enforcer on Linux hosts, and take it back where it does not stay well.'
  static override readonly description =
    'Changes the version and nothing else: tags, namespace and credential stay. The layers that are there are ' +
    'not copied. After it is connected, an enforcer is watched (--probation); one that ends, or that the Console ' +
    'loses, is brought back to the version before, and the host counts as failed. A host without an enforcer ' +
    'is left alone and counts as failed. Exits 0 when every host has the version, 1 when none has, 5 when some have.'
  static override readonly examples = [
    '<%= config.bin %> enforcer upgrade linux --inventory hosts.yaml --namespace /acme --serial 1,10%,100%',
    '<%= config.bin %> enforcer upgrade linux --host root@web1 --namespace /acme --bundle ./enforcer-1.2.0 --target-version 1.2.0 --probation 5m',
  ]
  static override readonly flags = linuxUpgradeFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(EnforcerUpgradeLinux)
    const context = await this.context(flags)
    const report = await upgradeFleet({ ...this.asAsked(), flags }, context)
    await this.present({ report, flags }, installPresentation)
  }
}
