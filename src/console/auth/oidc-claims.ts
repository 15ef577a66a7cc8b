import type { TokenClaims } from './claims.ts'

/** Claims about the answer itself, not about the person. */
const ofProtocol = new Set([
  ...['aud', 'exp', 'iat', 'nbf', 'iss', 'jti', 'nonce', 'azp', 'sid', 'acr', 'amr', 'auth_time'],
  ...['at_hash', 'c_hash', 's_hash'],
])
/** What the Console says itself; a provider must not say it for it. */
const ofConsole = { realm: 'oidc', namespace: '', provider: '', subject: '' }
/** A token has to fit into a header. */
const maxBytes = 4096

/**
 * What a provider says about a person, as texts: numbers and booleans are written out, and a claim with
 * several values, such as groups, becomes one entry for each, `groups:admins` = `true`. Nested ones are left out,
 * and an address of which the provider says that it has not been verified: anybody can write down any address.
 * Undefined when none of the claims that could be the subject is there.
 */
export function oidcClaims(
  said: Readonly<Record<string, unknown>>,
  by: { readonly name: string; readonly namespace: string; readonly subjects: readonly string[] },
): Pick<TokenClaims, 'realm' | 'data' | 'sub'> | undefined {
  const believed = Object.entries(said).filter(
    ([name, value]) => value !== '' && (name !== 'email' || said['email_verified'] !== false),
  )
  const names = by.subjects.length === 0 ? ['sub'] : by.subjects
  const subject = names.map((name) => new Map(believed).get(name)).find((value) => typeof value === 'string')
  if (typeof subject !== 'string') return undefined
  const told = believed
    .filter(([name]) => !ofProtocol.has(name) && !Object.hasOwn(ofConsole, name.toLowerCase()))
    .flatMap(([name, value]) => textsOf(name, value))
  const own = { realm: 'oidc', namespace: by.namespace, provider: by.name, subject }
  const data = { ...Object.fromEntries(told), ...own }
  return JSON.stringify(data).length > maxBytes ? undefined : { realm: 'oidc', data, sub: subject }
}

function textsOf(name: string, value: unknown): (readonly [string, string])[] {
  if (Array.isArray(value)) {
    return value.filter((item) => typeof item === 'string').map((item) => [`${name}:${item}`, 'true'])
  }
  const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return isText ? [[name, String(value)]] : []
}
