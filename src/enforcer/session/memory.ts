import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import { Secret } from '../../lib/secrets/secret.ts'
import { keep } from './credential-store.ts'
import type { OwnObjects, OwnObjectsOptions } from './identity.ts'
import type { SessionTools } from './session-world.ts'

const memoryPath = (stateFolder: string) => join(stateFolder, 'enforcer.json')

/** What this host was in the Console when it last looked. */
export async function recall(stateFolder: string): Promise<Partial<OwnObjects>> {
  try {
    const value: unknown = JSON.parse(await readFile(memoryPath(stateFolder), 'utf8'))
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    // Without memory we are found again by machine and name.
    return {}
  }
}

export async function remember(stateFolder: string, own: OwnObjects): Promise<void> {
  await keep(memoryPath(stateFolder), new Secret(JSON.stringify(own)))
}

interface Gettable<Entity> {
  get(id: string, options: { readonly namespace: string; readonly signal: AbortSignal }): Promise<Entity>
}

export interface RememberedObject<Entity> {
  readonly from: Gettable<Entity>
  readonly id: string | undefined
  readonly options: Pick<OwnObjectsOptions, 'namespace'>
}

/** The object that is remembered, if it is still there and still in our namespace. */
export async function getRemembered<Entity extends { readonly namespace: string }>(
  { from, id, options }: RememberedObject<Entity>,
  tools: SessionTools,
): Promise<Entity | undefined> {
  if (id === undefined) return undefined
  try {
    const entity = await from.get(id, { namespace: options.namespace, signal: tools.signal })
    return entity.namespace === options.namespace ? entity : undefined
  } catch (error) {
    if (isCode(error, 'APO-API-NOT-FOUND')) return undefined
    throw error
  }
}

export function isCode(error: unknown, code: ApoctlError['code']): boolean {
  return error instanceof ApoctlError && error.code === code
}
