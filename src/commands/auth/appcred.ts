import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectForLogin } from '../../lib/cli/connect-for-login.ts'
import { authFlags, termsOf } from '../../lib/cli/flags/auth-flags.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { requireCredential } from '../../lib/cli/read-credential.ts'
import { logInWithCertificate } from '../../lib/credentials/login/issued-token.ts'
import { tokenPresentation } from '../../lib/output/views/issued-token-view.ts'

export default class AuthAppcred extends ApoctlCommand {
  static override readonly summary = 'Get a token for an app credential.'
  static override readonly description =
    'Used is the credential of --path, else of APOCTL_CREDS or the profile, else ~/.apoctl/default.creds.'
  static override readonly examples = [
    '<%= config.bin %> auth appcred --path ~/.apoctl/default.creds --restrict-role enforcer --validity 60m',
    '$ eval $(<%= config.bin %> auth appcred -e)',
  ]
  static override readonly flags = {
    ...authFlags,
    creds: {
      ...consoleFlags.creds,
      aliases: ['path'],
      summary: 'App credential file. Also written --path.',
    },
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthAppcred)
    const context = await this.context(flags)
    const credential = await requireCredential(flags, context)
    const login = { kind: 'app-credential', credential, terms: termsOf(flags) } as const
    const console = await connectForLogin(flags, { context, login })
    const report = await logInWithCertificate({ console, signal: context.signal })
    await this.present({ report, flags }, tokenPresentation(flags))
  }
}
