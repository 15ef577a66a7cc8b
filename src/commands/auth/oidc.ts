import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { browserContext, browserOptions } from '../../lib/cli/browser-context.ts'
import { connectForLogin } from '../../lib/cli/connect-for-login.ts'
import { authFlags, providerNamespaceFlag, termsOf } from '../../lib/cli/flags/auth-flags.ts'
import { browserFlags, pasteFlag, providerFlag } from '../../lib/cli/flags/browser-flags.ts'
import { logInWithOidc } from '../../lib/credentials/login/oidc.ts'
import { tokenPresentation } from '../../lib/output/views/issued-token-view.ts'

export default class AuthOidc extends ApoctlCommand {
  static override readonly summary = 'Get a token from an identity provider (OpenID Connect), in a browser.'
  static override readonly description =
    'The namespace has to have the provider, and the provider has to allow http://localhost:65332 as the ' +
    'address to come back to. The address to log in at is said on standard error. A browser on another ' +
    'machine reaches this one through ssh -L 65332:localhost:65332; or paste the address that it ends at, ' +
    'which shows no page there, into the terminal.'
  static override readonly examples = [
    '<%= config.bin %> auth oidc --namespace /acme --provider corp',
    '<%= config.bin %> auth oidc --namespace /acme --provider corp --open-with firefox --validity 8h',
    '<%= config.bin %> auth oidc --namespace /acme --paste',
  ]
  static override readonly flags = {
    ...authFlags,
    namespace: providerNamespaceFlag({ summary: 'Namespace that has the provider.', required: true }),
    provider: providerFlag,
    ...browserFlags,
    ...pasteFlag,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthOidc)
    const context = await this.context(flags)
    const { namespace, provider } = flags
    const options = { namespace, provider, ...browserOptions(flags), terms: termsOf(flags) }
    const console = await connectForLogin(flags, { context })
    const report = await logInWithOidc(options, browserContext({ flags, console }, context))
    await this.present({ report, flags }, tokenPresentation(flags))
  }
}
