import { ApoctlCommand } from '../lib/cli/base-command.ts'
import { connectForHealth } from '../lib/cli/connect-for-health.ts'
import { consoleFlags } from '../lib/cli/flags/console-flags.ts'
import { durationFlag } from '../lib/cli/flags/duration-flag.ts'
import { outputFlags } from '../lib/cli/flags/output-flags.ts'
import { consoleHealthPresentation } from '../lib/output/views/console-health-view.ts'
import { consoleHealth } from '../lib/status/console-health.ts'

export default class Healthcheck extends ApoctlCommand {
  static override readonly summary = 'Ask the Console how it is.'
  static override readonly description =
    'Needs no login. Exits 0 when all is well, 1 when a part of the Console is not, 4 when nobody answers.'
  static override readonly examples = [
    '<%= config.bin %> healthcheck',
    '<%= config.bin %> healthcheck --api https://console.example.com:4443 --wait 2m',
  ]
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    api: consoleFlags.api,
    creds: consoleFlags.creds,
    'api-cacert': consoleFlags['api-cacert'],
    'api-skip-verify': consoleFlags['api-skip-verify'],
    config: consoleFlags.config,
    wait: durationFlag({ summary: 'Ask again until all is well, for this long at most.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Healthcheck)
    const context = await this.context(flags)
    const console = await connectForHealth(flags, context)
    const report = await consoleHealth({ waitMs: flags.wait }, { ...context, console })
    await this.present({ report, flags }, consoleHealthPresentation)
  }
}
