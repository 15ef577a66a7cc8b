import type { Secret } from '../secrets/secret.ts'

/**
 * Why a keyring gave nothing and took nothing. All of it is expected: a server has no keyring, one that nobody
 * unlocks keeps what it has to itself, and a bus that hangs says nothing.
 */
export interface KeyringRefusal {
  readonly outcome: 'absent' | 'locked' | 'timed-out'
  /** Half a sentence in plain words, to stand after a colon. */
  readonly why: string
}

export type KeyringResult<Value> = { readonly outcome: 'available'; readonly value: Value } | KeyringRefusal

/** What is kept: a short text, under a name that `isKeyringAccount` takes. */
export interface KeyringEntry {
  readonly account: string
  readonly secret: Secret
}

/**
 * The keyring of this operating system. Every answer comes within the deadline it was opened with. Rejects only
 * with the reason of the signal it was opened with.
 */
export interface Keyring {
  /** As people know it: `the keyring (Secret Service)`. */
  readonly title: string
  /** Keeps a secret, in place of what the account had. */
  store(entry: KeyringEntry): Promise<KeyringResult<undefined>>
  /** What is kept for an account; undefined for nothing. */
  fetch(account: string): Promise<KeyringResult<Secret | undefined>>
  /** Forgets what is kept for an account; nothing to forget is fine. */
  remove(account: string): Promise<KeyringResult<undefined>>
}
