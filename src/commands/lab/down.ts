import { join } from 'node:path'
import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { labDown } from '../../lib/lab/lab-down.ts'
import { createThisMachine } from '../../lib/lab/machine/this-machine.ts'
import { labDownPresentation } from '../../lib/output/views/lab-down-view.ts'

export default class LabDown extends ApoctlCommand {
  static override readonly summary = 'Remove the lab hosts and everything that belongs to them.'
  static override readonly description =
    'Works from whatever state the lab is in: after a crash, after a reboot, a second time. ' +
    'The image stays for the next time, unless --purge is given. Needs root.'
  static override readonly examples = ['<%= config.bin %> lab down', '<%= config.bin %> lab down --purge']
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    name: Flags.string({ summary: 'Name of the lab.', default: 'default' }),
    purge: Flags.boolean({ summary: 'Delete the images as well.' }),
    'dry-run': Flags.boolean({ summary: 'Say what would be removed, and remove nothing.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(LabDown)
    const context = await this.context(flags)
    const options = {
      name: flags.name,
      dataDirectory: join(context.environment.dataDir, 'lab'),
      purge: flags.purge,
      dryRun: flags['dry-run'],
    }
    const report = await labDown(options, { ...context, machine: createThisMachine() })
    await this.present({ report, flags }, labDownPresentation)
  }
}
