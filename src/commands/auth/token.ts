import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectForLogin } from '../../lib/cli/connect-for-login.ts'
import { authFlags, termsOf } from '../../lib/cli/flags/auth-flags.ts'
import { secretInput } from '../../lib/cli/secret-input.ts'
import { logInWith } from '../../lib/credentials/login/issued-token.ts'
import { tokenPresentation } from '../../lib/output/views/issued-token-view.ts'

export default class AuthToken extends ApoctlCommand {
  static override readonly summary =
    'Get a token for a token: with a shorter life, or with more restrictions.'
  static override readonly description =
    'The new token never outlives the one it is made from. Without --token, the one in APOCTL_TOKEN or in the ' +
    'profile is used; where there is none either, it is asked for.'
  static override readonly examples = [
    '$ eval $(<%= config.bin %> auth token -e --validity 1h --restrict-role enforcer)',
    '<%= config.bin %> auth token --token - --restrict-namespace /acme/web < token',
  ]
  static override readonly flags = {
    ...authFlags,
    token: Flags.string({
      char: 't',
      summary: 'The token, or - to read it from standard input; better in APOCTL_TOKEN.',
      helpValue: 'TOKEN',
      helpGroup: 'PROOF',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthToken)
    const context = await this.context(flags)
    const question = { text: 'Token', flag: '--token -, or set APOCTL_TOKEN' }
    const token = await secretInput(flags.token, { question, context })
    const proof = { realm: 'AporetoIdentityToken', metadata: { token } } as const
    const console = await connectForLogin(flags, { context })
    const report = await logInWith({ proof, terms: termsOf(flags) }, { console, signal: context.signal })
    await this.present({ report, flags }, tokenPresentation(flags))
  }
}
