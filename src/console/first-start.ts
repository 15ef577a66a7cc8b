import { join } from 'node:path'
import { parseAppCredentialFile, printAppCredentialFile } from '../contract/app-credential-file.ts'
import { appCredential } from '../contract/entities/app-credential.ts'
import { namespace } from '../contract/entities/namespace.ts'
import type { WireObject } from '../contract/entity/definition.ts'
import { newObject } from '../contract/entity/zero-value.ts'
import { administratorRole } from './auth/roles.ts'
import { readIfThere, writeDurably } from './durable-file.ts'
import { certifyCredential } from './resources/app-credentials.ts'
import { newId } from './resources/create-object.ts'
import type { Draft } from './resources/resource.ts'
import { toStored } from './resources/stored-object.ts'
import { nowOf, type ConsoleServices } from './services.ts'

export interface FirstStart {
  /** True when this data directory was empty, or a first start had not come to its end. */
  readonly firstStart: boolean
  readonly adminCredentialPath: string
}

const done = 'first-start-done'

/**
 * Gives a new Console its root namespace and its administrator. Killed at any point, the next start does
 * what is missing: that it is done is written down last.
 */
export async function doFirstStart(folder: string, services: ConsoleServices): Promise<FirstStart> {
  const adminCredentialPath = join(folder, 'administrator.creds')
  if (services.store.setting(done) !== undefined) {
    await followAddress(adminCredentialPath, services.url)
    return { firstStart: false, adminCredentialPath }
  }
  const administrator = await certifyCredential(
    newStored(services, {
      definition: appCredential,
      with: {
        name: 'administrator',
        description: 'Made at the first start of this Console',
        namespace: '/',
        roles: [administratorRole],
        protected: true,
      },
    }),
    services,
  )
  const root = newStored(services, { definition: namespace, with: { name: '/', namespace: '' } })
  const { store } = services
  store.write((writer) => {
    if (!store.namespaceExists('/')) {
      writer.insert(namespace, { object: toStored(namespace, root), internal: {} })
    }
    // One from a first start that was killed has a key that nobody ever got.
    for (const id of writer.idsWithin(appCredential, '/')) writer.remove(appCredential, id)
    const { object, internal } = administrator
    writer.insert(appCredential, { object: toStored(appCredential, object), internal })
  })
  await writeDurably(adminCredentialPath, { text: fileOf(administrator), mode: 0o600 })
  store.write((writer) => writer.setSetting(done, nowOf(services).toISOString()))
  return { firstStart: true, adminCredentialPath }
}

/** The credential file names the address of the Console; it goes along when the address changes. */
async function followAddress(path: string, url: string): Promise<void> {
  const text = await readIfThere(path)
  const file = text === undefined ? undefined : parseAppCredentialFile(text)
  // A file that was removed, or replaced by something else, is the administrator's own business.
  if (file?.ok !== true || file.value.apiUrl === url) return
  await writeDurably(path, { text: printAppCredentialFile({ ...file.value, apiUrl: url }), mode: 0o600 })
}

function newStored(
  services: ConsoleServices,
  wanted: { readonly definition: typeof appCredential | typeof namespace; readonly with: WireObject },
): WireObject {
  const now = nowOf(services)
  const times = { createTime: now.toISOString(), updateTime: now.toISOString() }
  return { ...newObject(wanted.definition), ...wanted.with, ...times, ID: newId(now) }
}

function fileOf({ extra }: Draft): string {
  return `${JSON.stringify(extra['credentials'], undefined, 2)}\n`
}
