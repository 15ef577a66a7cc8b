import { beginLogin } from '../../api/endpoints/issue.ts'
import type { TokenTerms } from '../../api/token-terms.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { Secret } from '../../secrets/secret.ts'
import { openCallbackServer } from './callback-server.ts'
import { logInWith, type IssuedToken, type LoginContext } from './issued-token.ts'

export interface OidcOptions {
  readonly namespace: string
  readonly provider: string
  /** Of the address that the provider sends the browser back to. */
  readonly port: number
  readonly timeoutMs: number
  readonly terms: TokenTerms
}

export interface OidcContext extends LoginContext {
  /** Takes a person to the provider: opens a browser, or says the address. */
  readonly show: (address: string) => void
}

/**
 * Logs in with an identity provider (OpenID Connect). The Console talks to the provider and keeps what
 * PKCE needs; this side only carries `code` and `state` back. Throws APO-LOGIN-REFUSED when the provider
 * says no, APO-LOGIN-CALLBACK when nobody comes back.
 */
export async function logInWithOidc(options: OidcOptions, context: OidcContext): Promise<IssuedToken> {
  const { console, signal } = context
  const server = await openCallbackServer(options.port)
  try {
    const { namespace, provider } = options
    const request = { realm: 'OIDC', namespace, provider, redirectURL: server.url } as const
    const address = await beginLogin(request, { console, signal })
    const state = stateOf(address)
    const answered = server.answer(state, { timeoutMs: options.timeoutMs, signal })
    context.show(address)
    const metadata = { code: codeOf(await answered), state }
    return await logInWith({ proof: { realm: 'OIDC', metadata }, terms: options.terms }, context)
  } finally {
    await server.close()
  }
}

/** Without it, anybody could send a browser here with a code of their own. */
function stateOf(address: string): string {
  const { protocol, searchParams } = new URL(address)
  const state = searchParams.get('state') ?? ''
  if (state !== '' && /^https?:$/.test(protocol)) return state
  throw new ApoctlError(['APO-API-ANSWER', 'the Console sends to an address that carries no state'])
}

function codeOf(answer: URLSearchParams): Secret {
  const error = answer.get('error')
  const why = [error, answer.get('error_description')].filter((text) => text !== null).join(': ')
  if (error !== null) throw new ApoctlError(['APO-LOGIN-REFUSED', `the identity provider says no: ${why}`])
  const code = answer.get('code') ?? ''
  if (code !== '') return new Secret(code)
  throw new ApoctlError(['APO-LOGIN-CALLBACK', 'the browser came back without a code'])
}
