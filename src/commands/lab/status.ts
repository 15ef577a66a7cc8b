import { join } from 'node:path'
import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { labStatus } from '../../lib/lab/lab-status.ts'
import { labStatusPresentation } from '../../lib/output/views/lab-status-view.ts'

export default class LabStatus extends ApoctlCommand {
  static override readonly summary = 'Show the lab hosts, their addresses and how to reach them.'
  static override readonly description = 'Exits with 1 when the lab is not up.'
  static override readonly examples = ['<%= config.bin %> lab status', '<%= config.bin %> lab status -o json']
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    name: Flags.string({ summary: 'Name of the lab.', default: 'default' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(LabStatus)
    const { environment } = await this.context(flags)
    const report = await labStatus({ name: flags.name, dataDirectory: join(environment.dataDir, 'lab') })
    await this.present({ report, flags }, labStatusPresentation)
  }
}
