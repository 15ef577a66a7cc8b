import { Args, Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectAppCredentials } from '../../lib/cli/connect-app-credentials.ts'
import { dryRunFlag, networkFlag } from '../../lib/cli/flags/app-credential-flags.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { changeAppCredential } from '../../lib/credentials/app-credentials/change-app-credential.ts'
import { appCredentialChangePresentation } from '../../lib/output/views/app-credential-change-view.ts'

export default class AppcredSubnets extends ApoctlCommand {
  static override readonly summary = 'Set from where an app credential is good.'
  static override readonly description = 'The given networks take the place of those it had.'
  static override readonly examples = [
    '<%= config.bin %> appcred subnets ci -n /acme --authorized-subnet 10.0.0.0/8',
  ]
  static override readonly args = {
    name: Args.string({ description: 'Name or ID of the app credential.', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'none']),
    ...consoleFlags,
    'authorized-subnet': networkFlag({
      summary: 'A network it is good from; repeatable.',
      multiple: true,
      exactlyOne: ['authorized-subnet', 'everywhere'],
    }),
    everywhere: Flags.boolean({ summary: 'Good from every network.' }),
    'dry-run': dryRunFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AppcredSubnets)
    const context = await this.context(flags)
    const place = await connectAppCredentials(flags, context)
    const subnets = flags['authorized-subnet'] ?? []
    const options = {
      nameOrId: args.name,
      change: { action: 'set-subnets', subnets } as const,
      dryRun: flags['dry-run'],
    }
    const report = await changeAppCredential(options, place)
    await this.present({ report, flags }, appCredentialChangePresentation)
  }
}
