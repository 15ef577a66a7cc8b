import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectForLogin } from '../../lib/cli/connect-for-login.ts'
import { authFlags, providerNamespaceFlag, termsOf } from '../../lib/cli/flags/auth-flags.ts'
import { secretInput } from '../../lib/cli/secret-input.ts'
import { logInWith } from '../../lib/credentials/login/issued-token.ts'
import { tokenPresentation } from '../../lib/output/views/issued-token-view.ts'

export default class AuthLdap extends ApoctlCommand {
  static override readonly summary = 'Get a token for an account of a directory (LDAP).'
  static override readonly description =
    'The Console asks the directory; the namespace has to have an LDAP provider. The password is asked for, or ' +
    'comes from APOCTL_PASSWORD, or with --password - from standard input.'
  static override readonly examples = [
    '<%= config.bin %> auth ldap --namespace /acme --provider corp --username ann',
  ]
  static override readonly flags = {
    ...authFlags,
    namespace: providerNamespaceFlag({ summary: 'Namespace that has the provider.', required: true }),
    provider: Flags.string({
      summary: 'Name of the LDAP provider; the default one if not given.',
      helpGroup: 'PROOF',
    }),
    username: Flags.string({ summary: 'Name in the directory.', required: true, helpGroup: 'PROOF' }),
    password: Flags.string({
      summary: 'Password, or - for standard input. Any other value is seen in process lists.',
      helpGroup: 'PROOF',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthLdap)
    const context = await this.context(flags)
    const { namespace, provider, username } = flags
    const question = { text: `Password of ${username}`, flag: '--password -, or set APOCTL_PASSWORD' }
    const password = await secretInput(flags.password, { question, context })
    const proof = { realm: 'LDAP', metadata: { namespace, provider, username, password } } as const
    const console = await connectForLogin(flags, { context })
    const report = await logInWith({ proof, terms: termsOf(flags) }, { console, signal: context.signal })
    await this.present({ report, flags }, tokenPresentation(flags))
  }
}
