import { callbackCertificate, type CallbackCertificate } from '../credentials/login/callback-certificate.ts'
import { demandTrust } from '../credentials/login/callback-trust.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { openLocal } from '../transports/local/open-local.ts'
import type { CommandContext } from './context.ts'

/** The certificate that the browser will meet, and says when that is a new one. */
export async function samlCertificate(context: CommandContext): Promise<CallbackCertificate> {
  const { environment, clock, reporter } = context
  const certificate = await callbackCertificate(environment.dataDir, { nowMs: clock.nowMs() })
  const text = 'made a certificate for browsers to come back to; it has to be trusted'
  if (certificate.isNew) reporter.report({ type: 'note', subject: 'login', text })
  return certificate
}

/** Throws APO-LOGIN-CERTIFICATE when no browser here would take it, unless the flag says not to look. */
export async function checkSamlCertificate(
  check: { readonly certificate: CallbackCertificate; readonly skip: boolean },
  context: CommandContext,
): Promise<void> {
  if (check.skip) return
  const { environment, signal, reporter } = context
  const { home, env } = environment
  const local = openLocal({ environment: { PATH: env['PATH'], HOME: home } })
  context.atEnd(() => local.close())
  await demandTrust(check.certificate.authorityPem, {
    platform: process.platform,
    listFile: env['SSL_CERT_FILE'],
    home,
    run: (request, options) => local.run(request, options),
    signal,
    warn: (text) => reporter.report({ type: 'warning', subject: 'login', text }),
  })
}

/** Not needed to print the certificate, and so not required by the flag itself. Throws APO-INPUT-MISSING. */
export function requireNamespace({ namespace }: { readonly namespace?: string | undefined }): string {
  if (namespace !== undefined) return namespace
  throw new ApoctlError(['APO-INPUT-MISSING', 'nothing says which namespace has the provider'], {
    hints: ['Give --namespace /PATH.'],
  })
}
