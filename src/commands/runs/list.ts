import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { runsFolder } from '../../lib/cli/runs-folder.ts'
import { listRuns } from '../../lib/fleet/journal/list-runs.ts'
import { runListPresentation } from '../../lib/output/views/run-list-view.ts'

export default class RunsList extends ApoctlCommand {
  static override readonly summary = 'List what was installed and uninstalled from here, the newest first.'
  static override readonly description =
    'Every run of enforcer install and uninstall has a journal under ~/.apoctl/runs; the last 200 are kept.'
  static override readonly examples = ['<%= config.bin %> runs list', '<%= config.bin %> runs list -o json']
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    limit: Flags.integer({ summary: 'How many to list.', helpValue: 'N', default: 20, min: 1 }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(RunsList)
    const { environment } = await this.context(flags)
    const report = await listRuns(runsFolder(environment), flags)
    await this.present({ report, flags }, runListPresentation)
  }
}
