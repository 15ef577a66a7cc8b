import { Args } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { runsFolder } from '../../lib/cli/runs-folder.ts'
import { diffRuns } from '../../lib/fleet/journal/diff-runs.ts'
import { findRun } from '../../lib/fleet/journal/find-run.ts'
import { readRun } from '../../lib/fleet/journal/read-run.ts'
import { runDifferencePresentation } from '../../lib/output/views/run-difference-view.ts'

export default class RunsDiff extends ApoctlCommand {
  static override readonly summary = 'Compare two runs host by host: what was mended, what broke.'
  static override readonly description =
    'Exits 1 when a host that was well in the first run is not in the second, 0 otherwise.'
  static override readonly examples = ['<%= config.bin %> runs diff 20261125-081500-a1b2 last']
  static override readonly args = {
    before: Args.string({ description: 'ID of the first run, or the beginning of it.', required: true }),
    after: Args.string({ description: 'The same of the second, or last.', required: true }),
  }
  static override readonly flags = outputFlags(['table', 'json', 'yaml', 'jsonl', 'none'])

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RunsDiff)
    const folder = runsFolder((await this.context(flags)).environment)
    const [before, after] = [await findRun(folder, args.before), await findRun(folder, args.after)]
    const report = diffRuns(await readRun(before), await readRun(after))
    await this.present({ report, flags }, runDifferencePresentation)
  }
}
