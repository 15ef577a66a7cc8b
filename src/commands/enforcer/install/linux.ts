import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../../lib/cli/base-command.ts'
import { confirmChange } from '../../../lib/cli/confirm-change.ts'
import { connectConsole } from '../../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../../lib/cli/flags/console-flags.ts'
import { fleetFlags, prepareFleet } from '../../../lib/cli/flags/fleet-flags.ts'
import { installFlags, installOptions } from '../../../lib/cli/flags/install-flags.ts'
import { outputFlags } from '../../../lib/cli/flags/output-flags.ts'
import { canaryFlags, waveChoice, waveFlags } from '../../../lib/cli/flags/wave-flags.ts'
import { installLinux } from '../../../lib/install/linux/install-linux.ts'
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
  ]
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'junit', 'markdown', 'none']),
    ...consoleFlags,
    ...fleetFlags,
    ...waveFlags,
    ...canaryFlags,
    ...installFlags,
    'installation-mode': Flags.option({ options: ['direct', 'script'] as const })({
      summary: 'Install now, or write a self-contained installenforcer.sh to read and run on the host.',
      default: 'direct' as const,
      relationships: [
        {
          type: 'none',
          // A script carries its package along.
          flags: [
            { name: 'from-url', when: (flags) => Promise.resolve(flags['installation-mode'] === 'script') },
          ],
        },
      ],
    }),
    'output-dir': Flags.string({
      summary: 'Where the script is written.',
      default: '.',
      helpValue: 'FOLDER',
    }),
    'dry-run': Flags.boolean({ summary: 'Show the plan for every host, and change nothing.' }),
    confirm: Flags.boolean({ summary: 'Do not ask before changing hosts.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(EnforcerInstallLinux)
    const context = await this.context(flags)
    const console = await connectConsole(flags, context)
    const options = await installOptions(flags, { console, context })
    if (flags['installation-mode'] === 'script') {
      const report = await writeInstallScript({ ...options, folder: flags['output-dir'] }, context)
      return this.present({ report, flags }, installScriptPresentation)
    }
    const { hosts, limits, context: way } = await prepareFleet(flags, { ...context, root: 'required' })
    if (!flags['dry-run']) await confirmChange({ verb: 'Install the enforcer on', hosts, flags }, context)
    const report = await installLinux(
      { ...options, hosts, limits, waves: waveChoice(flags), dryRun: flags['dry-run'] },
      { ...way, console: console.client, clock: context.clock },
    )
    await this.present({ report, flags }, installPresentation)
  }
}
