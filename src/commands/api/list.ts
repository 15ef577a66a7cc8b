import { Args, Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { objectListPresentation } from '../../lib/output/views/object-list-view.ts'
import { listObjects } from '../../lib/queries/list-objects.ts'

export default class ApiList extends ApoctlCommand {
  static override readonly summary = 'List objects of the Console.'
  static override readonly examples = [
    '<%= config.bin %> api list enforcers --namespace /acme --recursive',
    `<%= config.bin %> api list enforcers --filter 'operationalStatus == "Disconnected"' -c name -c lastSyncTime`,
    '<%= config.bin %> api list ns -o jsonl',
  ]
  static override readonly args = {
    resource: Args.string({ description: 'Kind of object: enforcers, namespaces, pu, …', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    ...consoleFlags,
    recursive: Flags.boolean({ char: 'r', summary: 'Also the namespaces below.' }),
    filter: Flags.string({
      char: 'f',
      summary: 'Only objects that match, in the language of the Console.',
      helpValue: 'EXPRESSION',
    }),
    column: Flags.string({
      char: 'c',
      summary: 'Attribute to show; repeatable, or several with commas.',
      helpValue: 'NAME',
      multiple: true,
      delimiter: ',',
    }),
    order: Flags.string({
      summary: 'Attribute to order by, -name for descending; repeatable.',
      helpValue: 'NAME',
      multiple: true,
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApiList)
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const { recursive, filter, column = [], order = [] } = flags
    const options = { resource: args.resource, namespace, recursive, filter, columns: column, order }
    const report = await listObjects(options, { console: client, signal: context.signal })
    await this.present({ report, flags }, objectListPresentation)
  }
}
