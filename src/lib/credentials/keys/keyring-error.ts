import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Keyring, KeyringRefusal } from '../../keyring/keyring.ts'

const codes = {
  absent: 'APO-KEYRING-ABSENT',
  locked: 'APO-KEYRING-LOCKED',
  'timed-out': 'APO-KEYRING-TIMEOUT',
} as const

/** A keyring could not be used where nothing else will do. `what` should have come of it. */
export function keyringError(
  refusal: KeyringRefusal,
  of: { readonly keyring: Keyring; readonly what: string; readonly hints: readonly string[] },
): ApoctlError {
  const { keyring, what, hints } = of
  const message = `${what}, and ${keyring.title} cannot be used: ${refusal.why}`
  return new ApoctlError([codes[refusal.outcome], message], { hints })
}
