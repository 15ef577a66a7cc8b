import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoginCredential } from '../../api/login-credential.ts'
import { appCredentials, renewalSubject } from '../../api/endpoints/app-credentials.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { makeKeyPair } from '../../secrets/key-pair.ts'
import type { Secret } from '../../secrets/secret.ts'
import { writeSecretFile } from '../../secrets/secret-file.ts'
import type { AppCredentialContext } from './app-credential-context.ts'
import type { CertifiedAppCredential } from './create-app-credential.ts'
import { checkTarget, deliverCredential, filesOf, type CredentialTarget } from './credential-target.ts'
import { findAppCredential } from './find-app-credential.ts'

export interface RenewAppCredentialOptions {
  readonly nameOrId: string
  readonly target: CredentialTarget
  readonly dryRun: boolean
}

/**
 * Makes a new key here and has it certified for an app credential that exists. The file that held the
 * former one is replaced in one move; until then the new key lies beside it, so that whatever breaks in
 * between, the key that the Console knows is on this disk.
 */
export async function renewAppCredential(
  options: RenewAppCredentialOptions,
  context: AppCredentialContext,
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
  const spare = spareFile(files[0], { id, key: key.privateKeyPem })
  await spare.write()
  const credential = await certified(
    () => appCredentials(context.console).renew(found, { key, namespace, signal: context.signal }),
    spare,
  )
  const delivered = await deliverCredential(credential, target).catch((error: unknown) => {
    throw spare.rescue(error)
  })
  await spare.remove()
  return { ...report, ...delivered }
}

/** When the Console says no, the new key is of no use; when nobody can tell, it may be the one that counts. */
async function certified(
  renew: () => Promise<LoginCredential>,
  spare: ReturnType<typeof spareFile>,
): Promise<LoginCredential> {
  try {
    return await renew()
  } catch (error) {
    const refused =
      error instanceof ApoctlError && /^APO-API-(AUTH|FORBIDDEN|REJECTED|NOT-FOUND)$/.test(error.code)
    if (!refused) throw spare.rescue(error)
    await spare.remove()
    throw error
  }
}

/** The new key beside the file it will be part of; nothing where there is no file. */
function spareFile(file: string | undefined, of: { readonly id: string; readonly key: Secret }) {
  const path = file === undefined ? undefined : join(file, '..', `${of.id}.new-key.pem`)
  return {
    write: async (): Promise<void> => {
      if (path !== undefined) await writeSecretFile(path, of.key)
    },
    remove: async (): Promise<void> => {
      if (path !== undefined) await rm(path, { force: true })
    },
    /** The error, with the place of the key. */
    rescue: (error: unknown): unknown => {
      if (path === undefined || !(error instanceof ApoctlError)) return error
      const place = `If the Console has certified the new key, it is in ${path}; its certificate: apoctl api get appcredential ${of.id}`
      return error.restated({ hints: [...error.hints, place] })
    },
  }
}
