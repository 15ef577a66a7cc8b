import { Args, Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { enforcerStatusPresentation } from '../../lib/output/views/enforcer-status-view.ts'
import { enforcerStatus } from '../../lib/status/enforcer-status.ts'

export default class EnforcerStatus extends ApoctlCommand {
  static override readonly summary = 'Show the enforcers of a namespace and whether they are connected.'
  static override readonly description =
    'Exits 0 when every enforcer shown is connected, 1 when one is not or a name is not registered.'
  static override readonly examples = [
    '<%= config.bin %> enforcer status --namespace /acme/production --recursive',
    '<%= config.bin %> enforcer status web1 web2 -o json',
  ]
  static override readonly strict = false
  static override readonly args = {
    name: Args.string({ description: 'Names of enforcers; all when absent.' }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    ...consoleFlags,
    recursive: Flags.boolean({ char: 'r', summary: 'Also the namespaces below.' }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(EnforcerStatus)
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const report = await enforcerStatus(
      { namespace, recursive: flags.recursive, names: argv.map(String) },
      { console: client, signal: context.signal },
    )
    await this.present({ report, flags }, enforcerStatusPresentation)
  }
}
