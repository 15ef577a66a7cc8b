import { appCredentials, type NewAppCredential } from '../../api/endpoints/app-credentials.ts'
import { makeKeyPair } from '../../secrets/key-pair.ts'
import type { AppCredentialContext } from './app-credential-context.ts'
import {
  checkTarget,
  deliverCredential,
  filesOf,
  type CredentialTarget,
  type DeliveredCredential,
} from './credential-target.ts'
import type { CredentialForm } from './credential-form.ts'

export interface CreateAppCredentialOptions {
  readonly wanted: NewAppCredential
  readonly target: CredentialTarget
  readonly dryRun: boolean
}

/** A key that was certified, and where it went. */
export interface CertifiedAppCredential extends DeliveredCredential {
  readonly action: 'create' | 'renew'
  readonly dryRun: boolean
  /** Absent of a dry run that would make it. */
  readonly id?: string
  readonly name: string
  readonly namespace: string
  readonly type: CredentialForm
}

/**
 * Makes a key here, has it certified as a new app credential, and hands it over. When that fails, the app
 * credential is deleted again: nobody else has its key.
 */
export async function createAppCredential(
  options: CreateAppCredentialOptions,
  context: AppCredentialContext,
): Promise<CertifiedAppCredential> {
  const { wanted, target, dryRun } = options
  const { console, namespace, signal } = context
  const files = filesOf(wanted.name, target)
  await checkTarget(files, { toReplace: false })
  const report = { action: 'create', dryRun, name: wanted.name, namespace, type: target.form } as const
  if (dryRun) return { ...report, files }
  const key = await makeKeyPair()
  const collection = appCredentials(console)
  const credential = await collection.certify(wanted, { key, namespace, signal })
  try {
    return { ...report, id: credential.id, ...(await deliverCredential(credential, target)) }
  } catch (error) {
    // Without the signal: what was interrupted has to be undone as well.
    await collection.delete(credential.id, { namespace, timeoutMs: undoTimeoutMs })
    throw error
  }
}

const undoTimeoutMs = 10_000
