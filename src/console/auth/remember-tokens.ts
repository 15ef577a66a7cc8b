import { createHash } from 'node:crypto'
import type { TokenClaims } from './claims.ts'
import type { TokenSigner } from './token-signer.ts'

/** More than a fleet has at once; beyond it the oldest are checked anew. */
const mostTokens = 10_000

/**
 * Checks the signature of a token once: a client sends the same one with every request, and checking is most of
 * the work of a small one. Whether it has expired, and what it is worth, is asked each time. Tokens are
 * remembered by their hash.
 */
export function rememberTokens(signer: TokenSigner): TokenSigner {
  const known = new Map<string, TokenClaims>()
  return {
    ...signer,
    verify: async (token, now) => {
      const name = createHash('sha256').update(token).digest('base64')
      const remembered = known.get(name)
      if (remembered !== undefined && remembered.exp * 1000 > now.getTime()) return remembered
      known.delete(name)
      const claims = await signer.verify(token, now)
      known.set(name, claims)
      const [oldest] = known.keys()
      if (known.size > mostTokens && oldest !== undefined) known.delete(oldest)
      return claims
    },
  }
}
