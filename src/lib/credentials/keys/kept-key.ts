import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyringCredentialFile } from '../../../contract/app-credential-file.ts'
import type { KeptKey } from '../../api/login-credential.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Keyring } from '../../keyring/keyring.ts'
import type { Secret } from '../../secrets/secret.ts'
import { keyringError } from './keyring-error.ts'

/** The key of a credential file that names an entry of the keyring; it is fetched when it is needed, and not before. */
export function keptKey(
  of: { readonly credential: KeyringCredentialFile; readonly file: string },
  keyring: Keyring,
): KeptKey {
  const { keyringAccount: account } = of.credential
  return { id: account, place: `${keyring.title}, as ${account}`, read: () => read(of, keyring) }
}

async function read({ credential, file }: Parameters<typeof keptKey>[0], keyring: Keyring): Promise<Secret> {
  const found = await keyring.fetch(credential.keyringAccount)
  const newOne =
    'Make the profile again, its key in a file: apoctl configure --force --token - --credential-store file'
  if (found.outcome !== 'available')
    throw keyringError(found, {
      keyring,
      what: `the private key for ${file} is needed`,
      hints: [nextOf(found.outcome), newOne],
    })
  if (found.value !== undefined && belongs(found.value, credential.certificate)) return found.value
  const has = found.value === undefined ? 'has no entry' : 'has another key'
  throw new ApoctlError([
    'APO-KEYRING-ENTRY',
    `${keyring.title} ${has} under the name ${credential.keyringAccount}, which ${file} gives`,
  ])
}

function nextOf(outcome: 'absent' | 'locked' | 'timed-out'): string {
  return outcome === 'absent'
    ? 'Run this in the session of the desktop that has the keyring.'
    : 'Unlock the keyring, and run this again.'
}

/** Entries have names that anybody may have given: the wrong key would end as an unclear error of TLS. */
function belongs(key: Secret, certificatePem: string): boolean {
  try {
    return new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(key.reveal()))
  } catch {
    return false
  }
}
