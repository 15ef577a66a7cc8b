import { Args, Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { confirmDelete } from '../../lib/cli/confirm-delete.ts'
import { connectAppCredentials } from '../../lib/cli/connect-app-credentials.ts'
import { dryRunFlag } from '../../lib/cli/flags/app-credential-flags.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { changeAppCredential } from '../../lib/credentials/app-credentials/change-app-credential.ts'
import { appCredentialChangePresentation } from '../../lib/output/views/app-credential-change-view.ts'

export default class AppcredDelete extends ApoctlCommand {
  static override readonly summary = 'Delete an app credential.'
  static override readonly description =
    'Programs that log in with it are locked out, and its tokens are refused.'
  static override readonly examples = ['<%= config.bin %> appcred delete ci -n /acme --confirm']
  static override readonly args = {
    name: Args.string({ description: 'Name or ID of the app credential.', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'none']),
    ...consoleFlags,
    confirm: Flags.boolean({ summary: 'Do not ask.' }),
    'dry-run': dryRunFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AppcredDelete)
    const context = await this.context(flags)
    const place = await connectAppCredentials(flags, context)
    const confirm = confirmDelete(flags, context)
    const options = {
      nameOrId: args.name,
      change: { action: 'delete' } as const,
      dryRun: flags['dry-run'],
      confirm,
    }
    const report = await changeAppCredential(options, place)
    await this.present({ report, flags }, appCredentialChangePresentation)
  }
}
