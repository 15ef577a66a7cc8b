import { rm } from 'node:fs/promises'
import {
  printKeyringCredential,
  printLoginCredential,
  type LoginCredential,
} from '../../api/login-credential.ts'
import type { Secret } from '../../secrets/secret.ts'
import { readSecretFile, writeSecretFile, type SecretFileReading } from '../../secrets/secret-file.ts'
import { lockCredential, type CredentialLock } from './credential-lock.ts'
import { accountIn, forgetEntries, type KeyKeepingContext } from './keyring-entries.ts'
import { newKeyringAccount, storeKey, type KeyPlace, type KeyStore } from './store-key.ts'

export interface ReplacementOptions {
  readonly file: string
  /** What the entry of the keyring is named after. */
  readonly name: string
  readonly key: Secret
  readonly store: KeyStore
  /** Has the key certified. */
  readonly certify: () => Promise<LoginCredential>
  /** What is to be done once the file is there; when it fails, the former file comes back. */
  readonly complete: () => Promise<void>
}

/**
 * Writes a credential file whose key is kept where it is wanted, over whatever was there. The key is stored
 * first, so that nothing is made that could not be kept; what fails later is undone here. The former entry of
 * the keyring goes when the new file is in its place. Throws APO-KEYRING-* and APO-PROFILE-BUSY.
 */
export async function replaceCredential(
  options: ReplacementOptions,
  world: KeyKeepingContext,
): Promise<KeyPlace> {
  const lock = await lockCredential(options.file)
  const remaining = new Set(lock.leftOver)
  try {
    return await replace(options, { ...world, lock, remaining })
  } finally {
    await lock.release([...remaining])
  }
}

async function replace(
  options: ReplacementOptions,
  world: KeyKeepingContext & { readonly lock: CredentialLock; readonly remaining: Set<string> },
): Promise<KeyPlace> {
  const { lock, remaining } = world
  const former = await readSecretFile(options.file)
  const account = newKeyringAccount(options.name)
  const formerAccount = accountIn(former)
  const goes = [...new Set([...lock.leftOver, ...(formerAccount === undefined ? [] : [formerAccount])])]
  await lock.note([account, ...goes])
  const place = await storeKey({ key: options.key, account, wanted: options.store }, world.keyring)
  try {
    await put(place, { options, former })
  } catch (error) {
    const isNew = place.store === 'keyring'
    for (const one of await forgetEntries(isNew ? [account] : [], world)) remaining.add(one)
    throw error
  }
  remaining.clear()
  for (const one of await forgetEntries(goes, world)) remaining.add(one)
  return place
}

async function put(
  place: KeyPlace,
  { options, former }: { readonly options: ReplacementOptions; readonly former: SecretFileReading },
): Promise<void> {
  const { file } = options
  const made = await options.certify()
  const text =
    place.store === 'keyring' ? printKeyringCredential(made, place.account) : printLoginCredential(made)
  try {
    await writeSecretFile(file, text)
    await options.complete()
  } catch (error) {
    if (former.outcome === 'read') await writeSecretFile(file, former.content)
    else await rm(file, { force: true })
    throw error
  }
}
