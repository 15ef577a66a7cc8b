import { readSecretFile } from '../../secrets/secret-file.ts'
import { accountIn, type KeyKeepingContext } from '../keys/keyring-entries.ts'
import type { CredentialTarget } from './credential-target.ts'
import { fileRenewal } from './file-renewal.ts'
import { keyringRenewal } from './keyring-renewal.ts'
import type { Renewal, RenewalPlace } from './renewal-place.ts'

/** The place that the former key has: a file whose key is in the keyring goes on having it there. */
export async function chooseRenewalPlace(
  renewal: Renewal & { readonly target: CredentialTarget },
  world: KeyKeepingContext,
): Promise<RenewalPlace> {
  const { out: file, form } = renewal.target
  const former = form === 'json' && file !== undefined ? accountIn(await readSecretFile(file)) : undefined
  if (file === undefined || former === undefined) return fileRenewal(renewal, renewal.target)
  return keyringRenewal({ ...renewal, file, former }, world)
}
