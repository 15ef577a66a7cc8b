import { Args } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { propagatedFlag, selectionFlags } from '../../lib/cli/flags/selection-flags.ts'
import { objectCountPresentation } from '../../lib/output/views/object-count-view.ts'
import { countObjects } from '../../lib/queries/count-objects.ts'

export default class ApiCount extends ApoctlCommand {
  static override readonly summary = 'Count objects of the Console.'
  static override readonly description = 'Prints the bare number. Nothing is fetched but the number.'
  static override readonly examples = [
    '<%= config.bin %> api count enforcers -n /acme -r',
    `<%= config.bin %> api count pus -f 'operationalStatus == Running'`,
  ]
  static override readonly args = {
    resource: Args.string({ description: 'Kind of object: enforcers, namespaces, pu, …', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    ...consoleFlags,
    ...selectionFlags,
    ...propagatedFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApiCount)
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const { recursive, propagated, filter } = flags
    const options = { ...args, namespace, recursive, propagated, filter }
    const report = await countObjects(options, { console: client, signal: context.signal })
    await this.present({ report, flags }, objectCountPresentation)
  }
}
