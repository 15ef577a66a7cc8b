import type { LoginCredential } from '../../api/login-credential.ts'
import { appCredentials, renewalSubject } from '../../api/endpoints/app-credentials.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { makeKeyPair } from '../../secrets/key-pair.ts'
import type { KeyKeepingContext } from '../keys/keyring-entries.ts'
import type { AppCredentialContext } from './app-credential-context.ts'
import type { CertifiedAppCredential } from './create-app-credential.ts'
import { checkTarget, filesOf, type CredentialTarget } from './credential-target.ts'
import { findAppCredential } from './find-app-credential.ts'
import { chooseRenewalPlace } from './choose-renewal-place.ts'
import type { RenewalPlace } from './renewal-place.ts'

export interface RenewAppCredentialOptions {
  readonly nameOrId: string
  readonly target: CredentialTarget
  readonly dryRun: boolean
}

/**
 * Makes a new key here and has it certified for an app credential that exists. The file that held the
 * former one is replaced in one move; until then the new key lies beside it, or in the keyring if the former one
 * does, so that whatever breaks in between, the key that the Console knows is on this machine.
 */
export async function renewAppCredential(
  options: RenewAppCredentialOptions,
  context: AppCredentialContext & KeyKeepingContext,
): Promise<CertifiedAppCredential> {
  const { target, dryRun } = options
  const found = await findAppCredential(options.nameOrId, context)
  const { ID: id, name, namespace } = found
  const files = filesOf(name, target)
  // Two files cannot be replaced in one move.
  await checkTarget(files, { toReplace: target.form !== 'cert' })
  const report = { action: 'renew', dryRun, id, name, namespace, type: target.form } as const
  if (dryRun) return { ...report, files }
  const key = await makeKeyPair(renewalSubject(found))
  const place = await chooseRenewalPlace({ id, name, key: key.privateKeyPem, target }, context)
  await place.secure()
  const credential = await certified(
    () => appCredentials(context.console).renew(found, { key, namespace, signal: context.signal }),
    place,
  )
  const delivered = await place.deliver(credential).catch((error: unknown) => {
    throw place.rescue(error)
  })
  await place.settle()
  return { ...report, ...delivered }
}

/** When the Console says no, the new key is of no use; when nobody can tell, it may be the one that counts. */
async function certified(
  renew: () => Promise<LoginCredential>,
  place: RenewalPlace,
): Promise<LoginCredential> {
  try {
    return await renew()
  } catch (error) {
    const refused =
      error instanceof ApoctlError && /^APO-API-(AUTH|FORBIDDEN|REJECTED|NOT-FOUND)$/.test(error.code)
    if (!refused) throw place.rescue(error)
    await place.discard()
    throw error
  }
}
