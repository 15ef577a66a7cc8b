import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectForLogin } from '../../lib/cli/connect-for-login.ts'
import { authFlags, termsOf } from '../../lib/cli/flags/auth-flags.ts'
import { secretInput } from '../../lib/cli/secret-input.ts'
import { logInWith } from '../../lib/credentials/login/issued-token.ts'
import { Secret } from '../../lib/secrets/secret.ts'
import { tokenPresentation } from '../../lib/output/views/issued-token-view.ts'

export default class AuthAporeto extends ApoctlCommand {
  static override readonly summary = 'Get a token for an account of the Console.'
  static override readonly description =
    'The password is asked for, or comes from APOCTL_PASSWORD, or with --password - from standard input.'
  static override readonly examples = [
    '<%= config.bin %> auth aporeto --account ann',
    '<%= config.bin %> auth aporeto --account ci --password - --validity 10m < password',
  ]
  static override readonly flags = {
    ...authFlags,
    account: Flags.string({ summary: 'Name of the account.', required: true, helpGroup: 'PROOF' }),
    password: Flags.string({
      summary: 'Password, or - for standard input. Any other value is seen in process lists.',
      helpGroup: 'PROOF',
    }),
    otp: Flags.string({ summary: 'One-time password.', helpValue: 'CODE', helpGroup: 'PROOF' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthAporeto)
    const context = await this.context(flags)
    const question = { text: 'Aporeto account password:', flag: '--password -, or set APOCTL_PASSWORD' }
    const vincePassword = await secretInput(flags.password, { question, context })
    const vinceOTP = flags.otp === undefined ? undefined : new Secret(flags.otp)
    const metadata = { vinceAccount: flags.account, vincePassword, vinceOTP }
    const proof = { realm: 'Vince', metadata } as const
    const console = await connectForLogin(flags, { context })
    const report = await logInWith({ proof, terms: termsOf(flags) }, { console, signal: context.signal })
    await this.present({ report, flags }, tokenPresentation(flags))
  }
}
