/** What a token says, exactly as it travels. Empty parts are left out; `aud` is one string. */
export interface TokenClaims {
  /** Lower case: `certificate`, … */
  readonly realm: string
  readonly data: Readonly<Record<string, string>>
  readonly opaque?: Readonly<Record<string, string>>
  /** How often the token may be used. */
  readonly quota?: number
  readonly restrictions?: TokenRestrictions
  readonly aud?: string
  /** Seconds since 1970. */
  readonly exp: number
  readonly iat: number
  readonly jti: string
  readonly iss: string
  readonly sub: string
}

export interface TokenRestrictions {
  readonly perms?: readonly string[]
  readonly namespace?: string
  readonly networks?: readonly string[]
}
