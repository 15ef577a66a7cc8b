import { printKeyringCredential } from '../../api/login-credential.ts'
import { lockCredential, type CredentialLock } from '../keys/credential-lock.ts'
import { forgetEntries, type KeyKeepingContext } from '../keys/keyring-entries.ts'
import { newKeyringAccount, storeKey } from '../keys/store-key.ts'
import { writeCredential } from './credential-target.ts'
import { withPlace, type Renewal, type RenewalPlace } from './renewal-place.ts'

/** The new key gets an entry of its own; the former one goes when the file names the new one. */
export function keyringRenewal(
  renewal: Renewal & { readonly file: string; readonly former: string },
  world: KeyKeepingContext,
): RenewalPlace {
  const { id, key, file, former } = renewal
  const account = newKeyringAccount(renewal.name)
  let lock: CredentialLock | undefined
  return {
    async secure() {
      lock = await lockCredential(file)
      try {
        await lock.note([account, former])
        await storeKey({ key, account, wanted: 'keyring' }, world.keyring)
      } catch (error) {
        await lock.release(lock.leftOver)
        throw error
      }
    },
    async deliver(credential) {
      await writeCredential(file, printKeyringCredential(credential, account))
      return { files: [file] }
    },
    async discard() {
      const remaining = await forgetEntries([account], world)
      await lock?.release([...lock.leftOver, ...remaining])
    },
    async settle() {
      await lock?.release(await forgetEntries(new Set([former, ...lock.leftOver]), world))
    },
    // The lock stays: the next run that replaces the file takes out what is of no use then.
    rescue: (error) => withPlace(error, { id, place: `${world.keyring.title} as ${account}` }),
  }
}
