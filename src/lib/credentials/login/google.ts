import { randomBytes } from 'node:crypto'
import { readGoogleClientId } from '../../api/endpoints/meta.ts'
import { readTokenClaims } from '../../api/session/token-claims.ts'
import type { TokenTerms } from '../../api/token-terms.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Secret } from '../../secrets/secret.ts'
import {
  proofFromBrowser,
  type BrowserContext,
  type BrowserErrand,
  type BrowserOptions,
} from './browser-login.ts'
import { logInWith, type IssuedToken } from './issued-token.ts'

export interface GoogleOptions extends BrowserOptions {
  /** An ID token of Google that was got elsewhere; then there is no need of a browser. */
  readonly token?: Secret | undefined
  /** Where Google, or what stands in for it, logs people in. */
  readonly authorizeUrl: string
  readonly terms: TokenTerms
}

/** Logs in with a Google account. Throws what `proofFromBrowser` throws. */
export async function logInWithGoogle(options: GoogleOptions, context: BrowserContext): Promise<IssuedToken> {
  const data = options.token ?? (await tokenFromBrowser(options, context))
  return logInWith({ proof: { realm: 'Google', data }, terms: options.terms }, context)
}

/**
 * The Console says which client of Google it is, and nothing else. Google gives a token for a code only to
 * clients that show their secret, which nobody here has: so the ID token is asked for directly, as OpenID
 * Connect has it for such clients, and comes behind the # of the address.
 */
async function tokenFromBrowser(options: GoogleOptions, context: BrowserContext): Promise<Secret> {
  const clientId = await readGoogleClientId(context.console, { signal: context.signal })
  const nonce = randomText()
  const state = randomText()
  const begin = (redirectUrl: string): Promise<BrowserErrand> => {
    const address = addressOf(options.authorizeUrl, { clientId, redirectUrl, nonce, state })
    const expected = { place: 'fragment', state: { name: 'state', value: state }, proof: 'id_token' } as const
    return Promise.resolve({ address, expected })
  }
  const { proof } = await proofFromBrowser({ ...options, begin }, context)
  checkToken(proof, { clientId, nonce })
  return proof
}

const randomText = (): string => randomBytes(24).toString('base64url')

function addressOf(
  authorizeUrl: string,
  of: {
    readonly clientId: string
    readonly redirectUrl: string
    readonly nonce: string
    readonly state: string
  },
): string {
  const address = new URL(authorizeUrl)
  const { searchParams } = address
  searchParams.set('client_id', of.clientId)
  searchParams.set('redirect_uri', of.redirectUrl)
  searchParams.set('response_type', 'id_token')
  searchParams.set('scope', 'openid email profile')
  searchParams.set('nonce', of.nonce)
  searchParams.set('state', of.state)
  return address.href
}

/** The Console checks who signed it; only this side knows what it was asked for with. */
function checkToken(token: Secret, asked: { readonly clientId: string; readonly nonce: string }): void {
  const { nonce, aud } = readTokenClaims(token)
  if (nonce === asked.nonce && aud === asked.clientId) return
  throw new ApoctlError(['APO-LOGIN-CALLBACK', 'the token that came back belongs to another login'])
}
