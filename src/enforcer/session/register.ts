import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { machineTag } from '../../contract/machine-id.ts'
import type { ConsoleClient } from '../../lib/api/console-client.ts'
import { appCredentials } from '../../lib/api/endpoints/app-credentials.ts'
import type { LoginCredential } from '../../lib/api/login-credential.ts'
import { makeKeyPair } from '../../lib/secrets/key-pair.ts'
import { readSecretFile } from '../../lib/secrets/secret-file.ts'
import { Secret } from '../../lib/secrets/secret.ts'
import { keep } from './credential-store.ts'

export interface RegistrationOptions {
  readonly namespace: string
  readonly fqdn: string
  readonly machineId: string
  readonly stateFolder: string
  readonly signal: AbortSignal
}

/** A registration that was begun: should we be killed before its answer is saved, it is the same one again. */
interface BegunRegistration {
  readonly api: string
  readonly namespace: string
  readonly idempotencyKey: string
  readonly privateKeyPem: string
  /** Kept, and not made again from the key: its signature would be another one, and so the request. */
  readonly requestPem: string
}

const enforcerRole = '@auth:role=enforcer'

/**
 * Gets the enforcer an app credential of its own, with the role enforcer and nothing more. `console` is
 * logged in with the registration token. The key is made here and stays here.
 */
export async function registerEnforcer(
  options: RegistrationOptions,
  console: ConsoleClient,
): Promise<LoginCredential> {
  const path = join(options.stateFolder, 'registration.json')
  const begun = await beginOrResume(path, { api: console.api, namespace: options.namespace })
  return appCredentials(console).certify(
    {
      name: `enforcer ${options.fqdn}`,
      description: `Enforcer on ${options.fqdn}, made by itself when it registered`,
      roles: [enforcerRole],
      // By it the credential is found again, when the host is decommissioned.
      metadata: options.machineId === '' ? [] : [machineTag(options.machineId)],
    },
    {
      key: { privateKeyPem: new Secret(begun.privateKeyPem), requestPem: begun.requestPem },
      namespace: options.namespace,
      idempotencyKey: begun.idempotencyKey,
      signal: options.signal,
    },
  )
}

/** The credential is saved: the registration is over. */
export async function endRegistration(stateFolder: string): Promise<void> {
  await rm(join(stateFolder, 'registration.json'), { force: true })
}

async function beginOrResume(
  path: string,
  wanted: Pick<BegunRegistration, 'api' | 'namespace'>,
): Promise<BegunRegistration> {
  const former = parseBegun(
    await readSecretFile(path).then((it) => (it.outcome === 'read' ? it.content : undefined)),
  )
  if (former?.api === wanted.api && former.namespace === wanted.namespace) return former
  const { privateKeyPem, requestPem } = await makeKeyPair()
  const key = { privateKeyPem: privateKeyPem.reveal(), requestPem }
  const begun = { ...wanted, ...key, idempotencyKey: randomUUID() }
  await keep(path, new Secret(JSON.stringify(begun)))
  return begun
}

function parseBegun(content: Secret | undefined): BegunRegistration | undefined {
  try {
    const value = JSON.parse(content?.reveal() ?? 'null') as Partial<BegunRegistration> | null
    const origin = value?.api && value.namespace
    const complete = origin && value.idempotencyKey && value.privateKeyPem && value.requestPem
    return complete ? (value as BegunRegistration) : undefined
  } catch {
    return undefined
  }
}
