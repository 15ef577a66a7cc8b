import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectAppCredentials } from '../../lib/cli/connect-app-credentials.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { listAppCredentials } from '../../lib/credentials/app-credentials/list-app-credentials.ts'
import { appCredentialListPresentation } from '../../lib/output/views/app-credential-list-view.ts'

export default class AppcredList extends ApoctlCommand {
  static override readonly summary = 'List the app credentials of a namespace.'
  static override readonly examples = [
    '<%= config.bin %> appcred list -n /acme --recursive',
    '<%= config.bin %> appcred list -n /acme -o jsonl',
  ]
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    ...consoleFlags,
    recursive: Flags.boolean({ char: 'r', summary: 'Also the namespaces below.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AppcredList)
    const context = await this.context(flags)
    const place = await connectAppCredentials(flags, context)
    const report = await listAppCredentials({ recursive: flags.recursive }, place)
    await this.present({ report, flags }, appCredentialListPresentation)
  }
}
