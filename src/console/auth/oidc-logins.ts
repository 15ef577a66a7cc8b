import { randomBytes } from 'node:crypto'

/** A login that went to a provider and has not come back. */
export interface OidcLogin {
  readonly providerId: string
  readonly redirectUrl: string
  /** Of PKCE: who brings the code also has to know this, which never left the Console. */
  readonly verifier: string
  readonly nonce: string
}

export interface OidcLogins {
  /** Remembers a login under a new state, for ten minutes. */
  begin(login: OidcLogin): string
  /** The login of a state, once. */
  take(state: string): OidcLogin | undefined
}

const lifeMs = 600_000
/** Beyond this the oldest are forgotten: anybody may begin one. */
const maxLogins = 1000

export function createOidcLogins(nowMs: () => number): OidcLogins {
  const logins = new Map<string, OidcLogin & { readonly untilMs: number }>()
  return {
    begin: (login) => {
      const state = randomBytes(32).toString('base64url')
      logins.set(state, { ...login, untilMs: nowMs() + lifeMs })
      const [oldest] = logins.keys()
      if (logins.size > maxLogins && oldest !== undefined) logins.delete(oldest)
      return state
    },
    take: (state) => {
      const login = logins.get(state)
      logins.delete(state)
      return login !== undefined && login.untilMs > nowMs() ? login : undefined
    },
  }
}
