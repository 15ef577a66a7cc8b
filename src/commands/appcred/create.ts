import { Args } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectAppCredentials } from '../../lib/cli/connect-app-credentials.ts'
import {
  deliveryFlags,
  deliveryTarget,
  lifetimeFlag,
  networkFlag,
  roleFlag,
} from '../../lib/cli/flags/app-credential-flags.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { createAppCredential } from '../../lib/credentials/app-credentials/create-app-credential.ts'
import { certifiedAppCredentialPresentation } from '../../lib/output/views/certified-app-credential-view.ts'

export default class AppcredCreate extends ApoctlCommand {
  static override readonly summary = 'Make an app credential.'
  static override readonly description =
    'The key is made on this machine and never leaves it; the Console certifies it. What a program needs to ' +
    'log in goes to standard output, unless --out names a file. No file is ever overwritten.'
  static override readonly examples = [
    '<%= config.bin %> appcred create ci -n /acme --role namespace.editor --out ci.creds',
    '<%= config.bin %> appcred create enforcerd -n /acme/cluster --role enforcer --type k8s | kubectl apply -f -',
    '<%= config.bin %> appcred create ci -n /acme --role namespace.viewer --authorized-subnet 10.0.0.0/8 --max-issued-token-validity 1h --type cert',
  ]
  static override readonly args = {
    name: Args.string({ description: 'Name of the new app credential.', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'none']),
    ...consoleFlags,
    role: roleFlag({
      summary: 'What it may do, such as @auth:role=enforcer or just enforcer; repeatable.',
      multiple: true,
      required: true,
    }),
    'authorized-subnet': networkFlag({
      summary: 'Good only from this network; repeatable.',
      multiple: true,
    }),
    'max-issued-token-validity': lifetimeFlag({ summary: 'Its tokens live no longer than this.' }),
    ...deliveryFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AppcredCreate)
    const context = await this.context(flags)
    const wanted = {
      name: args.name,
      roles: flags.role,
      authorizedSubnets: flags['authorized-subnet'] ?? [],
      maxIssuedTokenValidity: flags['max-issued-token-validity'] ?? '',
    }
    const target = deliveryTarget(flags, context.environment)
    const place = await connectAppCredentials(flags, context)
    const report = await createAppCredential({ wanted, target, dryRun: flags['dry-run'] }, place)
    await this.present({ report, flags }, certifiedAppCredentialPresentation)
  }
}
