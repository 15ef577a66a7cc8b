import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { certificateLogin } from '../../lib/cli/certificate-login.ts'
import { connectForLogin } from '../../lib/cli/connect-for-login.ts'
import { authFlags, termsOf } from '../../lib/cli/flags/auth-flags.ts'
import { logInWithCertificate } from '../../lib/credentials/login/issued-token.ts'
import { tokenPresentation } from '../../lib/output/views/issued-token-view.ts'

export default class AuthCert extends ApoctlCommand {
  static override readonly summary = 'Get a token for a client certificate that the Console knows.'
  static override readonly description =
    'Certificate and key are PEM files, or one PKCS #12 file. Its passphrase is asked for, or comes from ' +
    'APOCTL_P12_PASS, or with --p12-pass - from standard input.'
  static override readonly examples = [
    '<%= config.bin %> auth cert --cert ci-cert.pem --key ci-key.pem',
    '<%= config.bin %> auth cert --p12 ci.p12',
  ]
  static override readonly flags = {
    ...authFlags,
    cert: Flags.string({
      summary: 'Certificate, and those between it and its authority, PEM.',
      helpValue: 'FILE',
      dependsOn: ['key'],
      exactlyOne: ['cert', 'p12'],
      helpGroup: 'PROOF',
    }),
    key: Flags.string({
      summary: 'Its private key, PEM.',
      helpValue: 'FILE',
      dependsOn: ['cert'],
      helpGroup: 'PROOF',
    }),
    p12: Flags.string({ summary: 'Both in one PKCS #12 file.', helpValue: 'FILE', helpGroup: 'PROOF' }),
    'p12-pass': Flags.string({
      summary: 'Its passphrase, or - for standard input. Any other value is seen in process lists.',
      helpValue: 'TEXT',
      helpGroup: 'PROOF',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthCert)
    const context = await this.context(flags)
    const login = await certificateLogin({ ...flags, terms: termsOf(flags) }, context)
    const console = await connectForLogin(flags, { context, login })
    const report = await logInWithCertificate({ console, signal: context.signal })
    await this.present({ report, flags }, tokenPresentation(flags))
  }
}
