import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectForLogin } from '../../lib/cli/connect-for-login.ts'
import { authFlags, termsOf } from '../../lib/cli/flags/auth-flags.ts'
import { logInWith } from '../../lib/credentials/login/issued-token.ts'
import { awsProof } from '../../lib/cli/machine-proof.ts'
import { tokenPresentation } from '../../lib/output/views/issued-token-view.ts'

export default class AuthAwsSt extends ApoctlCommand {
  static override readonly summary = 'Get a token for a role of AWS.'
  static override readonly description =
    'Without flags, the metadata service of the machine is asked for the credentials of its role, never through ' +
    'a proxy; where it is can be said in AWS_EC2_METADATA_SERVICE_ENDPOINT. The secrets may come from ' +
    'APOCTL_SECRET_ACCESS_KEY and APOCTL_ACCESS_TOKEN.'
  static override readonly examples = [
    '<%= config.bin %> auth aws-st',
    '$ eval $(<%= config.bin %> auth aws-st -e --validity 1h)',
  ]
  static override readonly flags = {
    ...authFlags,
    'access-key-id': Flags.string({
      summary: 'ID of temporary credentials.',
      helpValue: 'ID',
      helpGroup: 'PROOF',
    }),
    'secret-access-key': Flags.string({
      summary: 'Their secret key, or - for standard input; asked for when missing.',
      helpValue: 'KEY',
      dependsOn: ['access-key-id'],
      helpGroup: 'PROOF',
    }),
    'access-token': Flags.string({
      summary: 'Their session token, or - for standard input; asked for when missing.',
      helpValue: 'TOKEN',
      dependsOn: ['access-key-id'],
      helpGroup: 'PROOF',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthAwsSt)
    const context = await this.context(flags)
    const proof = await awsProof(flags, context)
    const console = await connectForLogin(flags, { context })
    const report = await logInWith({ proof, terms: termsOf(flags) }, { console, signal: context.signal })
    await this.present({ report, flags }, tokenPresentation(flags))
  }
}
