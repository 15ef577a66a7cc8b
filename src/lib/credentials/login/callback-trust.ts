import { ApoctlError } from '../../errors/apoctl-error.ts'
import { machine, machineTrust, type MachineLists, type TrustFinding } from './authority-trust.ts'
import { browserTrust, type BrowserLists } from './browser-trust.ts'

export interface TrustContext extends MachineLists, BrowserLists {
  readonly warn: (text: string) => void
}

/**
 * Looks whether the authority of the callback is trusted by anything on this machine that a browser goes by.
 * Throws APO-LOGIN-CERTIFICATE, with the commands to type, when nothing is found that does. Where nothing can
 * be read at all it warns and lets the browser decide.
 */
export async function demandTrust(authorityPem: string, context: TrustContext): Promise<void> {
  const findings = [
    await machineTrust(authorityPem, context),
    ...(context.platform === 'linux' ? await browserTrust(authorityPem, context) : []),
  ]
  const places = (trusts: TrustFinding['trusts']): readonly string[] =>
    findings.flatMap((finding) => (finding.trusts === trusts ? [finding.place] : []))
  const refusing = places('no')
  const hasYes = places('yes').length > 0
  if (!hasYes && refusing.length > 0)
    throw new ApoctlError(
      ['APO-LOGIN-CERTIFICATE', `the certificate of apoctl is not trusted by ${refusing.join(', ')}`],
      { hints: hintsFor(context.platform, places('unknown')) },
    )
  // On Linux the list of the machine serves programs, and few browsers.
  for (const place of refusing.filter((one) => one !== machine))
    context.warn(`${place} would not trust the certificate of apoctl`)
  if (!hasYes) context.warn('it cannot be told whether your browser will trust the certificate of apoctl')
}

const file = 'apoctl-login.pem'

function hintsFor(platform: NodeJS.Platform, unknown: readonly string[]): readonly string[] {
  const browsers = unknown.filter((place) => place !== machine)
  return [
    `Have it trusted once, until it ends in two years: apoctl auth saml --print-cert > ${file}`,
    ...trustCommands(platform),
    ...(browsers.length === 0
      ? []
      : [`To have ${browsers.join(', ')} looked at, install certutil: libnss3-tools, or nss-tools.`]),
    'With the browser on another machine, or to let it through when it warns: --skip-local-cert-check',
  ]
}

function trustCommands(platform: NodeJS.Platform): readonly string[] {
  switch (platform) {
    case 'darwin':
      return [`security add-trusted-cert -p ssl -k ~/Library/Keychains/login.keychain-db ${file}`]
    case 'win32':
      return [`certutil -user -addstore Root ${file}`]
    default:
      return [
        `Chrome and its kin: certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n apoctl -i ${file}`,
        'Firefox: Settings, Certificates, Authorities, Import.',
      ]
  }
}
