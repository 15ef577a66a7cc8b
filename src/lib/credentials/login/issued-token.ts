import type { ConsoleClient } from '../../api/console-client.ts'
import { issueToken, type Proof } from '../../api/endpoints/issue.ts'
import { readTokenLife } from '../../api/session/token-claims.ts'
import type { TokenTerms } from '../../api/token-terms.ts'
import type { Secret } from '../../secrets/secret.ts'

/** A token that somebody asked for. It is the result, and shown in full. */
export interface IssuedToken {
  readonly token: string
  readonly api: string
  readonly realm: string
  /** By the clock of the Console, RFC 3339; absent when the token does not say. */
  readonly expiresAt?: string
}

/** Where a token is asked for. */
export interface LoginContext {
  readonly console: ConsoleClient
  readonly signal: AbortSignal
}

/** Shows a proof to the Console and gets a token for it. */
export async function logInWith(
  request: { readonly proof: Proof; readonly terms: TokenTerms },
  { console, signal }: LoginContext,
): Promise<IssuedToken> {
  const { proof, terms } = request
  const token = await issueToken({ ...terms, ...proof }, { console, signal })
  return describeToken(token, { api: console.api, realm: proof.realm })
}

/** Gets a token over a connection that was opened with a client certificate and the terms of the token. */
export async function logInWithCertificate({ console, signal }: LoginContext): Promise<IssuedToken> {
  const token = await console.token({ signal })
  return describeToken(token, { api: console.api, realm: 'Certificate' })
}

function describeToken(token: Secret, of: Pick<IssuedToken, 'api' | 'realm'>): IssuedToken {
  const { expiresAtMs } = readTokenLife(token)
  const expiresAt = expiresAtMs === undefined ? undefined : new Date(expiresAtMs).toISOString()
  return { token: token.reveal(), ...of, ...(expiresAt !== undefined && { expiresAt }) }
}
