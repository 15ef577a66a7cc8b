import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { refuse } from '../refused-request.ts'
import type { TokenClaims } from './claims.ts'

/** Makes tokens and recognises its own. */
export interface TokenSigner {
  sign(claims: TokenClaims): Promise<string>
  /** The claims of a token of ours that has not expired; refuses every other with 401. */
  verify(token: string, now: Date): Promise<TokenClaims>
}

export function createTokenSigner(key: KeyObject): TokenSigner {
  const publicKey = createPublicKey(key)
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32)
  return {
    sign: (claims) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid }).sign(key),
    verify: async (token, now) => {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          // The one algorithm we sign with: a token must not choose how it is checked.
          algorithms: ['ES256'],
          currentDate: now,
          requiredClaims: ['exp', 'iat', 'jti', 'sub', 'data'],
        })
        return payload as unknown as TokenClaims
      } catch (error) {
        if (error instanceof errors.JOSEError) throw refuse(401, `Invalid token: ${reasonOf(error)}`)
        throw error
      }
    },
  }
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed) return `claim '${error.claim}' is missing or wrong`
  return 'this Console did not sign it'
}
