import { Args } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectAppCredentials } from '../../lib/cli/connect-app-credentials.ts'
import { dryRunFlag } from '../../lib/cli/flags/app-credential-flags.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { changeAppCredential } from '../../lib/credentials/app-credentials/change-app-credential.ts'
import { appCredentialChangePresentation } from '../../lib/output/views/app-credential-change-view.ts'

export default class AppcredDisable extends ApoctlCommand {
  static override readonly summary = 'Make an app credential useless for the time being.'
  static override readonly description = 'Its tokens are refused as well. Undone by appcred enable.'
  static override readonly examples = ['<%= config.bin %> appcred disable ci -n /acme']
  static override readonly args = {
    name: Args.string({ description: 'Name or ID of the app credential.', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'none']),
    ...consoleFlags,
    'dry-run': dryRunFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AppcredDisable)
    const context = await this.context(flags)
    const place = await connectAppCredentials(flags, context)
    const options = { nameOrId: args.name, change: { action: 'disable' } as const, dryRun: flags['dry-run'] }
    const report = await changeAppCredential(options, place)
    await this.present({ report, flags }, appCredentialChangePresentation)
  }
}
