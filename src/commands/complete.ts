import { ApoctlCommand } from '../lib/cli/base-command.ts'
import { completeLine } from '../lib/cli/complete-line.ts'
import { consoleFlags } from '../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../lib/cli/flags/output-flags.ts'
import { liveValues } from '../lib/cli/live-values.ts'

export default class Complete extends ApoctlCommand {
  static override readonly hidden = true
  static override readonly strict = false
  static override readonly summary = 'Print what the last word of a command line may become, one a line.'
  static override readonly description = 'Shells ask this; see apoctl autocomplete.'
  static override readonly examples = ['<%= config.bin %> complete -- api get n']
  static override readonly flags = { ...outputFlags(['table']), ...consoleFlags }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Complete)
    const context = await this.context({ ...flags, quiet: true })
    const words = argv.map(String)
    const candidates = await completeLine(words, {
      commands: context.commands,
      live: liveValues(words, { flags, context }),
    })
    context.print(candidates.join('\n'))
  }
}
