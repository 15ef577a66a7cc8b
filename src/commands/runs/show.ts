import { Args, Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { runsFolder } from '../../lib/cli/runs-folder.ts'
import { showRun } from '../../lib/fleet/journal/show-run.ts'
import { runPresentation } from '../../lib/output/views/run-view.ts'

export default class RunsShow extends ApoctlCommand {
  static override readonly summary = 'Show a run: what it was, and what became of each host.'
  static override readonly description =
    'Also of a run that still goes on, or was cut off: as far as its journal goes. With --host, every step ' +
    'on that host.'
  static override readonly examples = [
    '<%= config.bin %> runs show last',
    '<%= config.bin %> runs show 20261125-081500-a1b2 --host web1',
  ]
  static override readonly args = {
    run: Args.string({ description: 'ID of the run, the beginning of it, or last.', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'none']),
    host: Flags.string({ summary: 'Only this host; repeatable.', helpValue: 'HOST', multiple: true }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RunsShow)
    const { environment } = await this.context(flags)
    const report = await showRun({ ...args, hosts: flags.host }, runsFolder(environment))
    await this.present({ report, flags }, runPresentation)
  }
}
