import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { recursiveFlag } from '../../lib/cli/flags/selection-flags.ts'
import { listenToObjects } from '../../lib/queries/listen-to-objects.ts'

export default class ApiListen extends ApoctlCommand {
  static override readonly summary = 'Show what happens on the Console, as it happens, until Ctrl-C.'
  static override readonly description =
    'A lost connection is made again; what changed meanwhile is listed, and it is said that there was a gap. JSON is one event a line, as the Console sends it.'
  static override readonly examples = [
    '<%= config.bin %> api listen -n /acme -r',
    `<%= config.bin %> api listen --identity enforcer --identity pu -o jsonl --jq '.entity.name'`,
  ]
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'jsonl']),
    ...consoleFlags,
    ...recursiveFlag,
    identity: Flags.string({
      summary: 'Only this kind of object; repeatable, or several with commas.',
      helpValue: 'KIND',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
    }),
    jq: Flags.string({ summary: 'Put each event through this jq expression.', helpValue: 'EXPRESSION' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(ApiListen)
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const { identity: identities = [], recursive, jq } = flags
    // An array without end is of no use to anybody.
    const asLines = flags.json || jq !== undefined || (flags.output ?? 'table') !== 'table'
    const options = { identities, namespace, recursive, whole: asLines }
    const events = listenToObjects(options, { ...context, console: client })
    const output = asLines ? 'jsonl' : 'table'
    await this.presentObjects(events, { flags: { ...flags, json: false, output }, layout: 'list' })
  }
}
