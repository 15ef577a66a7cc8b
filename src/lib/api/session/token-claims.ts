import type { Secret } from '../../secrets/secret.ts'

/** What a client may want to know of its own token. Nothing here is verified: the Console does that. */
export interface TokenLife {
  /** From issue to expiry; undefined for a token that never expires or that is not a JWT. */
  readonly lifeMs: number | undefined
  /** By the issuer's clock, milliseconds since 1970. */
  readonly expiresAtMs: number | undefined
}

export function readTokenLife(token: Secret): TokenLife {
  const claims = readTokenClaims(token)
  const expiry = secondsOf(claims, 'exp')
  const issued = secondsOf(claims, 'iat')
  return {
    expiresAtMs: expiry === undefined ? undefined : expiry * 1000,
    lifeMs: expiry === undefined || issued === undefined ? undefined : (expiry - issued) * 1000,
  }
}

/** Empty for what is no JWT. */
export function readTokenClaims(token: Secret): Record<string, unknown> {
  const [, payload] = token.reveal().split('.')
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function secondsOf(claims: Record<string, unknown>, name: string): number | undefined {
  const value = claims[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
