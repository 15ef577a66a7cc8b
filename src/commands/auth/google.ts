import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { browserContext, browserOptions } from '../../lib/cli/browser-context.ts'
import { connectForLogin } from '../../lib/cli/connect-for-login.ts'
import { authFlags, foreignTokenFlag, termsOf } from '../../lib/cli/flags/auth-flags.ts'
import { browserFlags, googleUrlFlag, pasteFlag } from '../../lib/cli/flags/browser-flags.ts'
import { givenSecret } from '../../lib/cli/secret-input.ts'
import { logInWithGoogle } from '../../lib/credentials/login/google.ts'
import { tokenPresentation } from '../../lib/output/views/issued-token-view.ts'

export default class AuthGoogle extends ApoctlCommand {
  static override readonly summary = 'Get a token for a Google account, in a browser.'
  static override readonly description =
    'The Console has to be a client of Google that allows http://localhost:65332 as the address to come back ' +
    'to, and ID tokens to be given there. Where it does not, or where Google is behind a tool of its own, give ' +
    'an ID token for the Console with --token. A Console that knows Google as an OIDC provider is logged in to ' +
    'with auth oidc.'
  static override readonly examples = [
    '<%= config.bin %> auth google',
    "<%= config.bin %> auth google --open-with 'Google Chrome'",
    '<%= config.bin %> auth google --token - < id-token',
  ]
  static override readonly flags = {
    ...authFlags,
    'google-token': foreignTokenFlag({
      summary: 'An ID token of Google, or - to read it from standard input. Also written --token.',
    }),
    ...browserFlags,
    ...pasteFlag,
    'google-url': googleUrlFlag,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthGoogle)
    const context = await this.context(flags)
    const token = await givenSecret(flags['google-token'], { flag: '--token -', context })
    const authorizeUrl = flags['google-url']
    const options = { token, authorizeUrl, ...browserOptions(flags), terms: termsOf(flags) }
    const console = await connectForLogin(flags, { context })
    const report = await logInWithGoogle(options, browserContext({ flags, console }, context))
    await this.present({ report, flags }, tokenPresentation(flags))
  }
}
