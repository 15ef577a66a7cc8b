import { Args } from '@oclif/core'
import { ApoctlCommand } from '../lib/cli/base-command.ts'
import { outputFlags } from '../lib/cli/flags/output-flags.ts'
import { explainError } from '../lib/errors/explain.ts'
import { explanationPresentation } from '../lib/output/views/explanation-view.ts'

export default class Explain extends ApoctlCommand {
  static override readonly summary = 'Say what an error code means, why it happens and what to do.'
  static override readonly description = 'Works offline. Without a code, lists every code there is.'
  static override readonly examples = [
    '<%= config.bin %> explain APO-SSH-HOSTKEY-CHANGED',
    '<%= config.bin %> explain',
  ]
  static override readonly args = { code: Args.string({ description: 'The code an error printed.' }) }
  static override readonly flags = outputFlags(['table', 'json', 'yaml', 'jsonl', 'none'])

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Explain)
    await this.present({ report: explainError(args.code), flags }, explanationPresentation)
  }
}
