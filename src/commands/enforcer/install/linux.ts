import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../../lib/cli/base-command.ts'
import { connectConsole } from '../../../lib/cli/connect-console.ts'
import { installOptions } from '../../../lib/cli/flags/install-flags.ts'
import { linuxInstallFlags } from '../../../lib/cli/flags/linux-change-flags.ts'
import { installOnFleet } from '../../../lib/cli/install-on-fleet.ts'
import { writeInstallScript } from '../../../lib/install/linux/write-install-script.ts'
import { installScriptPresentation } from '../../../lib/output/views/install-script-view.ts'
import { installPresentation } from '../../../lib/output/views/install-view.ts'

export default class EnforcerInstallLinux extends ApoctlCommand {
  static override readonly summary = 'Install the enforcer on Linux hosts and see it connected.'
  static override readonly description =
    'Checks each host (as preflight linux does), plans, copies over SSH, starts the service and waits until ' +
    'the Console sees the enforcer. A host where any of this fails is brought back to what it was. Running ' +
    'it again changes nothing. The enforcer starts in discovery mode: it reports, and blocks nothing. With ' +
    '--serial or --canary, a wave begins when the hosts of the one before still run the enforcer and the ' +
    'Console still sees them; one that does not counts as failed. ' +
    'Exits 0 when every host is installed, 1 when none is or a check refused it, 5 when some are.'
  static override readonly examples = [
    '<%= config.bin %> enforcer install linux --host root@web1 --host root@web2 --namespace /acme --confirm',
    '<%= config.bin %> enforcer install linux --inventory hosts.yaml --namespace /acme --tag color=blue --dry-run',
    '<%= config.bin %> enforcer install linux --inventory hosts.ini --limit "web:!web3" --namespace /acme --serial 1,10%,100% --max-fail 5%',
    'sudo <%= config.bin %> enforcer install linux --namespace /acme --auth-mode appcred',
    '<%= config.bin %> enforcer install linux --namespace /acme --installation-mode script',
    '<%= config.bin %> enforcer install linux --inventory hosts.yaml --namespace /acme --repo https://packages.example.com/enforcer --repo-key key.asc',
  ]
  static override readonly flags = {
    ...linuxInstallFlags,
    'installation-mode': Flags.option({ options: ['direct', 'script'] as const })({
      summary: 'Install now, or write a self-contained installenforcer.sh to read and run on the host.',
      default: 'direct' as const,
      relationships: [
        {
          type: 'none',
          // A script carries its package along.
          flags: [
            { name: 'from-url', when: (flags) => Promise.resolve(flags['installation-mode'] === 'script') },
            { name: 'repo', when: (flags) => Promise.resolve(flags['installation-mode'] === 'script') },
          ],
        },
      ],
    }),
    'output-dir': Flags.string({
      summary: 'Where the script is written.',
      default: '.',
      helpValue: 'FOLDER',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(EnforcerInstallLinux)
    const context = await this.context(flags)
    if (flags['installation-mode'] === 'script') {
      const console = await connectConsole(flags, context)
      const options = await installOptions(flags, { console, context })
      const report = await writeInstallScript({ ...options, folder: flags['output-dir'] }, context)
      return this.present({ report, flags }, installScriptPresentation)
    }
    const report = await installOnFleet({ ...this.asAsked(), flags }, context)
    return this.present({ report, flags }, installPresentation)
  }
}
