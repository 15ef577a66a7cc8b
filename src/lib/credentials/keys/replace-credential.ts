import { rm } from 'node:fs/promises'
import { parseAnyCredentialFile } from '../../../contract/app-credential-file.ts'
import {
  printKeyringCredential,
  printLoginCredential,
  type LoginCredential,
} from '../../api/login-credential.ts'
import type { Keyring } from '../../keyring/keyring.ts'
import type { Reporter } from '../../progress/reporter.ts'
import type { Secret } from '../../secrets/secret.ts'
import { readSecretFile, writeSecretFile, type SecretFileReading } from '../../secrets/secret-file.ts'
import { lockCredential } from './credential-lock.ts'
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

export interface ReplacementWorld {
  readonly keyring: Keyring
  /** Works although the run was interrupted. */
  readonly undoing: Keyring
  readonly reporter: Reporter
}

/**
 * Writes a credential file whose key is kept where it is wanted, over whatever was there. The key is stored
 * first, so that nothing is made that could not be kept; what fails later is undone here. The former entry of
 * the keyring goes when the new file is in its place. Throws APO-KEYRING-* and APO-PROFILE-BUSY.
 */
export async function replaceCredential(
  options: ReplacementOptions,
  world: ReplacementWorld,
): Promise<KeyPlace> {
  const { file } = options
  const lock = await lockCredential(file)
  try {
    const former = await readSecretFile(file)
    const formerAccounts = accountsIn(former)
    const unused = lock.leftOver.filter((account) => !formerAccounts.includes(account))
    await forgetEntries(unused, world)
    const account = newKeyringAccount(options.name)
    await lock.note([account, ...formerAccounts])
    const place = await storeKey({ key: options.key, account, wanted: options.store }, world.keyring)
    await put(place, { options, former }).catch(async (error: unknown) => {
      if (place.store === 'keyring') await forgetEntries([account], world)
      throw error
    })
    await forgetEntries(formerAccounts, world)
    return place
  } finally {
    await lock.release()
  }
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

/** Which entries of the keyring a credential file needs: one, or none. */
function accountsIn(file: SecretFileReading): readonly string[] {
  const credential = file.outcome === 'read' ? parseAnyCredentialFile(file.content.reveal()) : undefined
  return credential?.ok === true && 'keyringAccount' in credential.value
    ? [credential.value.keyringAccount]
    : []
}

/** What is left in the keyring is of no use to anybody, and a warning. */
async function forgetEntries(accounts: readonly string[], world: ReplacementWorld): Promise<void> {
  for (const account of accounts) {
    const removed = await world.undoing.remove(account)
    if (removed.outcome === 'available') continue
    const text = `${account} is still there and of no use any longer: ${removed.why}`
    world.reporter.report({ type: 'warning', subject: world.undoing.title, text })
  }
}
