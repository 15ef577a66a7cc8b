import { randomUUID } from 'node:crypto'
import type { Keyring } from '../../keyring/keyring.ts'
import type { Secret } from '../../secrets/secret.ts'
import { keyringError } from './keyring-error.ts'

/** Where a private key shall be kept; `auto` is the keyring where it can be used, and a file otherwise. */
export const keyStores = ['auto', 'keyring', 'file'] as const
export type KeyStore = (typeof keyStores)[number]

/** Where a private key is kept. */
export type KeyPlace =
  | { readonly store: 'keyring'; readonly keyring: string; readonly account: string }
  /** In the credential file itself. `reason` says why, where a keyring would have been taken. */
  | { readonly store: 'file'; readonly reason?: string }

/** A name for a new entry: whatever is replaced at the same time has another one. */
export function newKeyringAccount(name: string): string {
  return `${
    name
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[^A-Za-z0-9_]+/, '')
      .slice(0, 100) || 'key'
  }-${randomUUID()}`
}

/** Puts a key into the keyring, where that is wanted and possible. Throws APO-KEYRING-* when nothing else will do. */
export async function storeKey(
  of: { readonly key: Secret; readonly account: string; readonly wanted: KeyStore },
  keyring: Keyring,
): Promise<KeyPlace> {
  const { account, wanted } = of
  if (wanted === 'file') return { store: 'file' }
  const stored = await keyring.store({ account, secret: of.key })
  if (stored.outcome === 'available') return { store: 'keyring', keyring: keyring.title, account }
  if (wanted === 'auto') return { store: 'file', reason: `${keyring.title} cannot be used: ${stored.why}` }
  const what = 'the private key was to be kept in the keyring'
  const hints = ['Keep it in a file: apoctl configure --credential-store file']
  throw keyringError(stored, { keyring, what, hints })
}
