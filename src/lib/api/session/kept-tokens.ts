import type { Secret } from '../../secrets/secret.ts'

/** A token that has outlived the run it was issued in. */
export interface KeptToken {
  readonly token: Secret
  /** By our own wall clock, milliseconds since 1970: just before it was asked for. */
  readonly issuedAtMs: number
}

/**
 * A place where issued tokens outlive a run. It is a convenience: it may lose what it holds at any
 * time, and it never throws. `name` says whose token it is and what it was asked for with.
 */
export interface KeptTokens {
  read(name: string): KeptToken | undefined
  keep(name: string, kept: KeptToken): void
  forget(name: string): void
}
