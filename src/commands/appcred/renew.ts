import { Args } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectAppCredentials } from '../../lib/cli/connect-app-credentials.ts'
import { keyKeeping } from '../../lib/cli/run-keyring.ts'
import { deliveryFlags, deliveryTarget } from '../../lib/cli/flags/app-credential-flags.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { renewAppCredential } from '../../lib/credentials/app-credentials/renew-app-credential.ts'
import { certifiedAppCredentialPresentation } from '../../lib/output/views/certified-app-credential-view.ts'

export default class AppcredRenew extends ApoctlCommand {
  static override readonly summary = 'Give an app credential a new key and certificate.'
  static override readonly description =
    'Certificates it had before stop being good: at once, or after a time that the Console decides. With ' +
    '--out, the file is replaced in one move, and the new key lies beside it until that is done. The key of a file ' +
    'whose key is in the keyring stays there.'
  static override readonly examples = [
    '<%= config.bin %> appcred renew ci -n /acme --out ci.creds',
    '<%= config.bin %> appcred renew enforcerd -n /acme/cluster --type k8s | kubectl apply -f -',
  ]
  static override readonly args = {
    name: Args.string({ description: 'Name or ID of the app credential.', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'none']),
    ...consoleFlags,
    ...deliveryFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AppcredRenew)
    const context = await this.context(flags)
    const target = deliveryTarget(flags, context.environment)
    const place = await connectAppCredentials(flags, context)
    const options = { nameOrId: args.name, target, dryRun: flags['dry-run'] }
    const report = await renewAppCredential(options, { ...place, ...keyKeeping(context) })
    await this.present({ report, flags }, certifiedAppCredentialPresentation)
  }
}
