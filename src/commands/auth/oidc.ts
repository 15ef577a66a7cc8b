import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectForLogin } from '../../lib/cli/connect-for-login.ts'
import { authFlags, providerNamespaceFlag, termsOf } from '../../lib/cli/flags/auth-flags.ts'
import { openBrowser } from '../../lib/cli/open-browser.ts'
import { logInWithOidc } from '../../lib/credentials/login/oidc.ts'
import { tokenPresentation } from '../../lib/output/views/issued-token-view.ts'

export default class AuthOidc extends ApoctlCommand {
  static override readonly summary = 'Get a token from an identity provider (OpenID Connect), in a browser.'
  static override readonly description =
    'The namespace has to have the provider, and the provider has to allow http://localhost:65332 as the ' +
    'address to come back to. The address to log in at is said on standard error; a browser on another ' +
    'machine reaches this one through ssh -L 65332:localhost:65332.'
  static override readonly examples = [
    '<%= config.bin %> auth oidc --namespace /acme --provider corp',
    '<%= config.bin %> auth oidc --namespace /acme --provider corp --open-with firefox --validity 8h',
  ]
  static override readonly flags = {
    ...authFlags,
    namespace: providerNamespaceFlag({ summary: 'Namespace that has the provider.', required: true }),
    provider: Flags.string({ summary: 'Name of the provider.', required: true, helpGroup: 'PROOF' }),
    'open-with': Flags.string({ summary: 'Program to open the address with.', helpValue: 'PROGRAM' }),
    port: Flags.integer({ summary: 'Port to come back to.', default: 65_332, min: 0, max: 65_535 }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthOidc)
    const context = await this.context(flags)
    const console = await connectForLogin(flags, { context })
    const { namespace, provider, port, timeout: timeoutMs = 300_000 } = flags
    const show = openBrowser(flags['open-with'], context)
    const options = { namespace, provider, port, timeoutMs, terms: termsOf(flags) }
    const report = await logInWithOidc(options, { console, signal: context.signal, show })
    await this.present({ report, flags }, tokenPresentation(flags))
  }
}
