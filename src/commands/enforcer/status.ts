import { Args, Flags, type Interfaces } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { fleetFlags, prepareFleet } from '../../lib/cli/flags/fleet-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import { statusLinux } from '../../lib/install/linux/status-linux.ts'
import { enforcerStatusPresentation } from '../../lib/output/views/enforcer-status-view.ts'
import { hostStatusPresentation } from '../../lib/output/views/host-status-view.ts'
import { enforcerStatus } from '../../lib/status/enforcer-status.ts'

export default class EnforcerStatus extends ApoctlCommand {
  static override readonly summary =
    'Show enforcers and whether they are connected, of a namespace or of hosts.'
  static override readonly description =
    'Without hosts the Console is asked. With --host or --inventory each host is looked at as well, and where ' +
    'the two disagree that is said: an enforcer that runs and is not seen, a version that was not restarted to, ' +
    'a Console that is another one. ' +
    'Exits 0 when every enforcer shown is connected, 1 when one is not or a name is not registered, 4 when a ' +
    'host or the Console could not be asked, 5 when some are well.'
  static override readonly examples = [
    '<%= config.bin %> enforcer status --namespace /acme/production --recursive',
    '<%= config.bin %> enforcer status web1 web2 -o json',
    '<%= config.bin %> enforcer status --inventory hosts.yaml --limit "web*" --namespace /acme',
  ]
  static override readonly strict = false
  static override readonly args = {
    name: Args.string({ description: 'Names of enforcers; all when absent.' }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'junit', 'markdown', 'none']),
    ...consoleFlags,
    ...fleetFlags,
    recursive: Flags.boolean({ char: 'r', summary: 'Also the namespaces below.' }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(EnforcerStatus)
    const names = argv.map(String)
    if (isOnHosts(flags)) return this.onHosts(flags, names)
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const report = await enforcerStatus(
      { namespace, recursive: flags.recursive, names },
      { console: client, signal: context.signal },
    )
    await this.present({ report, flags }, enforcerStatusPresentation)
  }

  private async onHosts(flags: StatusFlags, names: readonly string[]): Promise<void> {
    if (names.length > 0) throw namesAndHosts()
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const { hosts, limits, context: way } = await prepareFleet(flags, { ...context, root: 'required' })
    const report = await statusLinux({ hosts, limits, namespace }, { ...way, console: client })
    await this.present({ report, flags }, hostStatusPresentation)
  }
}

type StatusFlags = Interfaces.InferredFlags<typeof EnforcerStatus.flags>

function isOnHosts({ host, inventory, limit }: StatusFlags): boolean {
  return [host, inventory, limit].some((flag) => flag !== undefined)
}

function namesAndHosts(): ApoctlError {
  return new ApoctlError(['APO-USAGE', 'names of enforcers and hosts are two ways to say which ones'], {
    hints: ['Choose among the hosts of an inventory with --limit.'],
  })
}
