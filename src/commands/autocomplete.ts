import { Args } from '@oclif/core'
import { ApoctlCommand } from '../lib/cli/base-command.ts'
import { outputFlags } from '../lib/cli/flags/output-flags.ts'
import { completionScript, shells, type Shell } from '../lib/output/completion-script.ts'

export default class Autocomplete extends ApoctlCommand {
  static override readonly summary = 'Print a script with which a shell completes apoctl.'
  static override readonly description =
    'Completes commands, flags, kinds of objects and attributes; and namespaces, names and IDs by asking the Console, for two seconds at most. Written "completion" as well.'
  static override readonly examples = [
    { description: 'bash, in ~/.bashrc', command: 'source <(<%= config.bin %> autocomplete bash)' },
    {
      description: 'zsh, in ~/.zshrc after compinit',
      command: 'source <(<%= config.bin %> autocomplete zsh)',
    },
    { description: 'fish, in config.fish', command: '<%= config.bin %> autocomplete fish | source' },
  ]
  static override readonly args = {
    shell: Args.string({ description: 'bash, zsh or fish.', options: [...shells], required: true }),
  }
  static override readonly flags = outputFlags(['table'])

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Autocomplete)
    const context = await this.context(flags)
    context.print(completionScript(args.shell as Shell))
  }
}
