import { Args } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { recursiveFlag } from '../../lib/cli/flags/selection-flags.ts'
import { searchPresentation } from '../../lib/output/views/search-view.ts'
import { searchObjects } from '../../lib/queries/search-objects.ts'

export default class ApiSearch extends ApoctlCommand {
  static override readonly summary = 'Search every kind of object at once.'
  static override readonly description =
    'Finds a text in names, descriptions and tags, whatever its capitals, and an ID.'
  static override readonly examples = [
    '<%= config.bin %> api search web1 -n /acme -r',
    '<%= config.bin %> api search 6720c9e1f2a4b80001d3c5e7 -n / -r -o json',
  ]
  static override readonly args = {
    text: Args.string({ description: 'What to look for.', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    ...consoleFlags,
    ...recursiveFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApiSearch)
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const world = { console: client, signal: context.signal, reporter: context.reporter }
    const report = await searchObjects({ ...args, namespace, recursive: flags.recursive }, world)
    await this.present({ report, flags }, searchPresentation)
  }
}
