import { ApoctlCommand } from '../../../lib/cli/base-command.ts'
import { linuxUninstallFlags } from '../../../lib/cli/flags/linux-change-flags.ts'
import { uninstallFromFleet } from '../../../lib/cli/uninstall-from-fleet.ts'
import { uninstallPresentation } from '../../../lib/output/views/uninstall-view.ts'

export default class EnforcerUninstallLinux extends ApoctlCommand {
  static override readonly summary = 'Remove the enforcer from Linux hosts, and prove that nothing is left.'
  static override readonly description =
    'Stops the service, removes its rules, files and unit, looks again whether they are gone, and has the ' +
    'Console forget the enforcer, its processing unit and its app credential. Running it again changes nothing.'
  static override readonly examples = [
    '<%= config.bin %> enforcer uninstall linux --inventory hosts.yaml --namespace /acme --confirm',
    'sudo <%= config.bin %> enforcer uninstall linux --keep-in-console --confirm',
  ]
  static override readonly flags = linuxUninstallFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(EnforcerUninstallLinux)
    const context = await this.context(flags)
    const report = await uninstallFromFleet({ ...this.asAsked(), flags }, context)
    await this.present({ report, flags }, uninstallPresentation)
  }
}
