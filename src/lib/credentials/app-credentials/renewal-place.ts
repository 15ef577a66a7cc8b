import type { LoginCredential } from '../../api/login-credential.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { DeliveredCredential } from './credential-target.ts'

/** A key that is about to be certified for an app credential that exists. */
export interface Renewal {
  /** Of the app credential. */
  readonly id: string
  readonly name: string
  readonly key: Secret
}

/** Where a renewed key goes. It is safe there before the Console hears of it. */
export interface RenewalPlace {
  secure(): Promise<void>
  deliver(credential: LoginCredential): Promise<DeliveredCredential>
  /** The Console said no: the new key is of no use. */
  discard(): Promise<void>
  /** All is well: what only served for the way goes. */
  settle(): Promise<void>
  /** The error, with the place of the key that may be the one that counts. */
  rescue(error: unknown): unknown
}

/** An error with what to do about a key that may have been certified. */
export function withPlace(error: unknown, key: { readonly id: string; readonly place: string }): unknown {
  if (!(error instanceof ApoctlError)) return error
  const hint = `If the Console has certified the new key, it is in ${key.place}; its certificate: apoctl api get appcredential ${key.id}`
  return error.restated({ hints: [...error.hints, hint] })
}
