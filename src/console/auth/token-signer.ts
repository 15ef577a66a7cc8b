import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { refuse } from '../refused-request.ts'
import type { TokenClaims } from './claims.ts'
import { readClaims } from './read-claims.ts'

/** Makes tokens and recognises its own. */
export interface TokenSigner {
  sign(claims: TokenClaims): Promise<string>
  /** The claims of a token of ours that holds now; refuses every other with 401. */
  verify(token: string, now: Date): Promise<TokenClaims>
}

/** The clock may have been set back since a token was made. Its end is never put off. */
const skewSeconds = 60

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
        const { payload, protectedHeader } = await jwtVerify(token, publicKey, {
          // The one algorithm we sign with: a token must not choose how it is checked.
          algorithms: ['ES256'],
          typ: 'JWT',
          currentDate: now,
          clockTolerance: skewSeconds,
        })
        if (protectedHeader.kid !== kid) throw refuse(401, 'Invalid token: it is signed with another key')
        const claims = readClaims(payload)
        if (!claims.ok) throw refuse(401, `Invalid token: ${claims.problem}`)
        checkTimes(claims.value, Math.floor(now.getTime() / 1000))
        return claims.value
      } catch (error) {
        if (error instanceof errors.JOSEError) throw refuse(401, `Invalid token: ${reasonOf(error)}`)
        throw error
      }
    },
  }
}

function checkTimes({ exp, iat }: TokenClaims, now: number): void {
  if (exp <= now) throw refuse(401, 'Invalid token: it has expired')
  if (iat > now + skewSeconds) throw refuse(401, 'Invalid token: it was made in the future')
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed) return `claim '${error.claim}' is missing or wrong`
  return 'this Console did not sign it'
}
