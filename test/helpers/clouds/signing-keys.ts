import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT, type JWTPayload } from 'jose'

/** Keys with which a cloud signs; two of them, as they are changed every day. */
export interface SigningKeys {
  /** What it publishes of them. */
  readonly published: { readonly keys: readonly object[] }
  readonly privateKey: KeyObject
  sign(claims: JWTPayload, by?: { readonly header?: object; readonly key?: KeyObject }): Promise<string>
}

/** `said` is what the cloud publishes with each of them. */
export function makeSigningKeys(said: { readonly alg?: string }): SigningKeys {
  const pairs = ['today', 'tomorrow'].map((kid) => ({
    kid,
    privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  }))
  const [first] = pairs
  if (first === undefined) throw new Error('no key')
  const { kid, privateKey } = first
  return {
    privateKey,
    published: {
      keys: pairs.map((pair) => ({
        ...createPublicKey(pair.privateKey).export({ format: 'jwk' }),
        kid: pair.kid,
        use: 'sig',
        ...said,
      })),
    },
    sign: (claims, { header = {}, key = privateKey } = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT', ...header }).sign(key),
  }
}
