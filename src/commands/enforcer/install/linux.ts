import { ApoctlCommand } from '../../../lib/cli/base-command.ts'
import { linuxInstallFlags } from '../../../lib/cli/flags/linux-change-flags.ts'
import { engineOf, idleFlags, refuseIdle, renderFlags } from '../../../lib/cli/flags/render-flags.ts'
import { installOnFleet } from '../../../lib/cli/install-on-fleet.ts'
import { renderInstallation } from '../../../lib/cli/render-install.ts'
import { installArtefactPresentation } from '../../../lib/output/views/install-artefact-view.ts'
import { installPresentation } from '../../../lib/output/views/install-view.ts'

export default class EnforcerInstallLinux extends ApoctlCommand {
  static override readonly summary = 'Install the enforcer on Linux hosts and see it connected.'
  static override readonly description =
    'Checks each host (as preflight linux does), plans, copies over SSH, starts the service and waits until ' +
    'the Console sees the enforcer. A host where any of this fails is brought back to what it was. Running ' +
    'it again changes nothing. The enforcer starts in discovery mode: it reports, and blocks nothing. With ' +
    '--serial or --canary, a wave begins when the hosts of the one before still run the enforcer and the ' +
    'Console still sees them; one that does not counts as failed. With --render nothing is installed: what is ' +
    'written does the same in the hands of another engine. ' +
    'Exits 0 when every host is installed, 1 when none is or a check refused it, 5 when some are.'
  static override readonly examples = [
    '<%= config.bin %> enforcer install linux --host root@web1 --host root@web2 --namespace /acme --confirm',
    '<%= config.bin %> enforcer install linux --inventory hosts.yaml --namespace /acme --tag color=blue --dry-run',
    '<%= config.bin %> enforcer install linux --inventory hosts.ini --limit "web:!web3" --namespace /acme --serial 1,10%,100% --max-fail 5%',
    'sudo <%= config.bin %> enforcer install linux --namespace /acme --auth-mode appcred',
    '<%= config.bin %> enforcer install linux --namespace /acme --render script',
    '<%= config.bin %> enforcer install linux --namespace /acme --render cloud-init --from-url console --output-dir ./user-data',
    '<%= config.bin %> enforcer install linux --namespace /acme --render ansible --inventory hosts.yaml --output-dir ./playbook',
    '<%= config.bin %> enforcer install linux --inventory hosts.yaml --namespace /acme --repo https://packages.example.com/enforcer --repo-key key.asc',
  ]
  static override readonly flags = {
    ...linuxInstallFlags,
    ...renderFlags,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(EnforcerInstallLinux)
    const context = await this.context(flags)
    const engine = engineOf(flags)
    refuseIdle(engine, this.typed(idleFlags(engine)))
    if (engine !== undefined) {
      const report = await renderInstallation({ engine, flags }, context)
      return this.present({ report, flags }, installArtefactPresentation)
    }
    const report = await installOnFleet({ ...this.asAsked(), flags }, context)
    return this.present({ report, flags }, installPresentation)
  }
}
