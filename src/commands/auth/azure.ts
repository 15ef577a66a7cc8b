import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectForLogin } from '../../lib/cli/connect-for-login.ts'
import { authFlags, foreignTokenFlag, termsOf } from '../../lib/cli/flags/auth-flags.ts'
import { logInWith } from '../../lib/credentials/login/issued-token.ts'
import { machineProof } from '../../lib/cli/machine-proof.ts'
import { tokenPresentation } from '../../lib/output/views/issued-token-view.ts'

export default class AuthAzure extends ApoctlCommand {
  static override readonly summary = 'Get a token for the identity of a machine in Azure.'
  static override readonly description =
    'Without --token, the metadata service of the machine is asked who it is, never through a proxy; ' +
    'where it is can be said in AZURE_POD_IDENTITY_AUTHORITY_HOST.'
  static override readonly examples = [
    '<%= config.bin %> auth azure',
    '<%= config.bin %> auth azure --token - < identity-token',
  ]
  static override readonly flags = {
    ...authFlags,
    'azure-token': foreignTokenFlag({
      summary: 'A token of Azure, or - to read it from standard input. Also written --token.',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthAzure)
    const context = await this.context(flags)
    const proof = await machineProof({ cloud: 'azure', token: flags['azure-token'] }, context)
    const console = await connectForLogin(flags, { context })
    const report = await logInWith({ proof, terms: termsOf(flags) }, { console, signal: context.signal })
    await this.present({ report, flags }, tokenPresentation(flags))
  }
}
