import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { browserContext, browserOptions } from '../../lib/cli/browser-context.ts'
import { connectForLogin } from '../../lib/cli/connect-for-login.ts'
import { authFlags, providerNamespaceFlag, termsOf } from '../../lib/cli/flags/auth-flags.ts'
import { browserFlags, providerFlag } from '../../lib/cli/flags/browser-flags.ts'
import { checkSamlCertificate, requireNamespace, samlCertificate } from '../../lib/cli/saml-callback.ts'
import { logInWithSaml } from '../../lib/credentials/login/saml.ts'
import { tokenPresentation } from '../../lib/output/views/issued-token-view.ts'

export default class AuthSaml extends ApoctlCommand {
  static override readonly summary = 'Get a token from an identity provider (SAML), in a browser.'
  static override readonly description =
    'The namespace has to have the provider, and the provider has to allow https://localhost:65332 as the ' +
    'address to come back to. There the browser meets a certificate of apoctl, made for this machine and kept ' +
    'in ~/.apoctl/login-certificate.pem: print it with --print-cert and have the browser trust it, once. Before ' +
    'the browser is opened, apoctl looks whether that was done. The answer comes as a form, so it cannot be ' +
    'pasted: a browser on another machine needs ssh -L 65332:localhost:65332.'
  static override readonly examples = [
    '<%= config.bin %> auth saml --print-cert > apoctl-login.pem',
    '<%= config.bin %> auth saml --namespace /acme --provider okta',
    '<%= config.bin %> auth saml --namespace /acme --provider okta --skip-local-cert-check',
  ]
  static override readonly flags = {
    ...authFlags,
    namespace: providerNamespaceFlag({ summary: 'Namespace that has the provider.' }),
    provider: providerFlag,
    ...browserFlags,
    'print-cert': Flags.boolean({
      summary: 'Print what has to be trusted, PEM, and do nothing else. Also written --print-ca.',
      aliases: ['print-ca'],
      helpGroup: 'BROWSER',
    }),
    'skip-local-cert-check': Flags.boolean({
      summary: 'Do not look whether the certificate is trusted here; the browser will warn if it is not.',
      helpGroup: 'BROWSER',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthSaml)
    const context = await this.context(flags)
    const certificate = await samlCertificate(context)
    if (flags['print-cert']) {
      context.print(certificate.authorityPem.trimEnd())
      return
    }
    const namespace = requireNamespace(flags)
    const console = await connectForLogin(flags, { context })
    await checkSamlCertificate({ certificate, skip: flags['skip-local-cert-check'] }, context)
    const { tlsPem } = certificate
    const terms = termsOf(flags)
    const options = { namespace, provider: flags.provider, ...browserOptions(flags), tlsPem, terms }
    const report = await logInWithSaml(options, browserContext({ flags, console }, context))
    await this.present({ report, flags }, tokenPresentation(flags))
  }
}
