import { beginLogin } from '../../api/endpoints/issue.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Secret } from '../../secrets/secret.ts'
import { proofFromBrowser, webAddress, type BrowserContext, type BrowserErrand } from './browser-login.ts'
import { logInWith, type IssuedToken } from './issued-token.ts'
import type { ProviderOptions } from './oidc.ts'

export interface SamlOptions extends ProviderOptions {
  /** Key and certificates of the address to come back to, one PEM text. */
  readonly tlsPem: Secret
}

/**
 * Logs in with an identity provider (SAML 2.0). The provider has the browser post its response here, over
 * https; the Console made the request and judges the response. Throws what `proofFromBrowser` throws.
 */
export async function logInWithSaml(options: SamlOptions, context: BrowserContext): Promise<IssuedToken> {
  const { namespace, provider, terms } = options
  const begin = async (redirectURL: string): Promise<BrowserErrand> => {
    const address = await beginLogin({ realm: 'SAML', namespace, provider, redirectURL }, context)
    const state = { name: 'RelayState', value: relayStateOf(address) } as const
    return { address, expected: { place: 'form', state, proof: 'SAMLResponse' } }
  }
  const { proof, state } = await proofFromBrowser({ ...options, begin }, context)
  const metadata = { SAMLResponse: proof, relayState: state }
  return logInWith({ proof: { realm: 'SAML', metadata }, terms }, context)
}

/** It comes back with the response. Without it, any page could post a response of its own. */
function relayStateOf(address: string): string {
  const relayState = webAddress(address).searchParams.get('RelayState') ?? ''
  if (relayState !== '') return relayState
  throw new ApoctlError(['APO-API-ANSWER', 'the Console sends to an address that carries no RelayState'])
}
