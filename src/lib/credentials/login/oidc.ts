import { beginLogin } from '../../api/endpoints/issue.ts'
import type { TokenTerms } from '../../api/token-terms.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import {
  proofFromBrowser,
  webAddress,
  type BrowserContext,
  type BrowserErrand,
  type BrowserOptions,
} from './browser-login.ts'
import { logInWith, type IssuedToken } from './issued-token.ts'

export interface ProviderOptions extends BrowserOptions {
  readonly namespace: string
  /** The default one of the namespace when not given. */
  readonly provider?: string | undefined
  readonly terms: TokenTerms
}

/**
 * Logs in with an identity provider (OpenID Connect). The Console talks to the provider and keeps what
 * PKCE needs; this side only carries `code` and `state` back. Throws what `proofFromBrowser` throws.
 */
export async function logInWithOidc(options: ProviderOptions, context: BrowserContext): Promise<IssuedToken> {
  const { namespace, provider, terms } = options
  const begin = async (redirectURL: string): Promise<BrowserErrand> => {
    const address = await beginLogin({ realm: 'OIDC', namespace, provider, redirectURL }, context)
    const state = { name: 'state', value: stateOf(address) } as const
    return { address, expected: { place: 'query', state, proof: 'code' } }
  }
  const { proof: code, state } = await proofFromBrowser({ ...options, begin }, context)
  return logInWith({ proof: { realm: 'OIDC', metadata: { code, state } }, terms }, context)
}

/** Without it, anybody could send a browser here with a code of their own. */
function stateOf(address: string): string {
  const state = webAddress(address).searchParams.get('state') ?? ''
  if (state !== '') return state
  throw new ApoctlError(['APO-API-ANSWER', 'the Console sends to an address that carries no state'])
}
