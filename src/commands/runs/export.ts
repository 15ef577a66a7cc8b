import { Args, Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { runsFolder } from '../../lib/cli/runs-folder.ts'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import { showRun } from '../../lib/fleet/journal/show-run.ts'
import { runPresentation } from '../../lib/output/views/run-view.ts'

export default class RunsExport extends ApoctlCommand {
  static override readonly summary = 'Write a run down for CI systems (JUnit) or for a ticket (Markdown).'
  static override readonly examples = [
    '<%= config.bin %> runs export last --junit > report.xml',
    '<%= config.bin %> runs export 20261125-081500-a1b2 --markdown',
  ]
  static override readonly args = {
    run: Args.string({ description: 'ID of the run, the beginning of it, or last.', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['junit', 'markdown']),
    junit: Flags.boolean({ summary: 'The same as --output junit.', exclusive: ['markdown', 'output'] }),
    markdown: Flags.boolean({ summary: 'The same as --output markdown.', exclusive: ['output'] }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RunsExport)
    const { environment } = await this.context(flags)
    const format = flags.junit ? 'junit' : flags.markdown ? 'markdown' : flags.output
    if (format === undefined && !flags.json)
      throw new ApoctlError(['APO-USAGE', 'a run is exported with --junit or --markdown'])
    const report = await showRun({ ...args, hosts: undefined }, runsFolder(environment))
    await this.present({ report, flags: { ...flags, output: format } }, runPresentation)
  }
}
