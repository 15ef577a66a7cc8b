import type { ConsoleClient } from '../api/console-client.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'

/**
 * What a valid token says of its bearer, as the Console read it: `realm`, `data`, `sub`, `iss`, `iat`, `exp`,
 * and `restrictions`, `quota`, `opaque`, `aud` where there are some. Source: section 2.2 of the contract.
 */
export interface TokenClaims {
  readonly iss?: string
  readonly sub?: string
  readonly [claim: string]: unknown
}

/** Asks the Console whether the token in use is valid. Throws APO-API-AUTH when it is not. */
export async function verifyToken(context: {
  readonly console: ConsoleClient
  readonly signal: AbortSignal
}): Promise<TokenClaims> {
  const { console, signal } = context
  const token = await console.token({ signal })
  const call = { method: 'POST', path: ['authn'], body: { token: token.reveal() }, anonymous: true } as const
  const { body } = await console.call(call, { signal })
  const claims = (body as { readonly claims?: unknown } | undefined)?.claims
  if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return claims as TokenClaims
  throw new ApoctlError(['APO-API-ANSWER', 'the answer to POST /authn holds no claims'])
}
