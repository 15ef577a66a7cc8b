import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../../lib/cli/base-command.ts'
import { beginRun } from '../../../lib/cli/begin-run.ts'
import { connectConsole } from '../../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../../lib/cli/flags/console-flags.ts'
import { fleetFlags, prepareFleet } from '../../../lib/cli/flags/fleet-flags.ts'
import { outputFlags } from '../../../lib/cli/flags/output-flags.ts'
import { waveChoice, rolloutFlags } from '../../../lib/cli/flags/rollout-flags.ts'
import { uninstallLinux } from '../../../lib/install/linux/uninstall-linux.ts'
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
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'junit', 'markdown', 'none']),
    ...consoleFlags,
    ...fleetFlags,
    ...rolloutFlags,
    'keep-in-console': Flags.boolean({
      summary: 'Leave the Console alone: for hosts whose Console is gone or does not answer.',
    }),
    'dry-run': Flags.boolean({ summary: 'Show what would be removed, and change nothing.' }),
    confirm: Flags.boolean({ summary: 'Do not ask before changing hosts.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(EnforcerUninstallLinux)
    const context = await this.context(flags)
    const console = flags['keep-in-console'] ? undefined : await connectConsole(flags, context)
    const fleet = await prepareFleet(flags, { ...context, root: 'required' })
    const coming = { ...this.asAsked(), step: 'uninstall', verb: 'Remove the enforcer from', flags }
    const run = await beginRun({ ...coming, hosts: fleet.hosts, console: console?.client }, context)
    const report = await uninstallLinux(
      { ...fleet, hosts: run.hosts, waves: waveChoice(flags), dryRun: flags['dry-run'] },
      { ...fleet.context, ...run.context, console: console?.client, clock: context.clock },
    )
    await this.present({ report: await run.end(report), flags }, uninstallPresentation)
  }
}
