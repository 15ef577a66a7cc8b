import type { AppCredential } from '../../../contract/entities/app-credential.ts'
import { printFilter } from '../../../contract/filter/print.ts'
import { appCredentials } from '../../api/endpoints/app-credentials.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { AppCredentialContext } from './app-credential-context.ts'

/** What the Console's IDs look like; a name may look so too. */
const likeAnId = /^[0-9a-f]{24}$/i

/**
 * Finds an app credential of the namespace by its ID or its name. Throws APO-API-NOT-FOUND when there is
 * none, and APO-INPUT-VALUE with the candidates when several have the name.
 */
export async function findAppCredential(
  nameOrId: string,
  context: AppCredentialContext,
): Promise<AppCredential> {
  const [found, ...others] = await candidates(nameOrId, context)
  const { namespace } = context
  if (found === undefined)
    throw new ApoctlError(['APO-API-NOT-FOUND', `${namespace} has no app credential "${nameOrId}"`], {
      hints: [`List them: apoctl appcred list --namespace ${namespace}`],
    })
  if (others.length === 0) return found
  throw new ApoctlError(['APO-INPUT-VALUE', `several app credentials have the name "${nameOrId}"`], {
    hints: [found, ...others].map(({ ID, createTime }) => `Give its ID: ${ID}, made ${createTime}`),
  })
}

/** All app credentials of that name in the namespace. */
export async function appCredentialsNamed(
  name: string,
  { console, namespace, signal }: AppCredentialContext,
): Promise<readonly AppCredential[]> {
  const filter = printFilter({ kind: 'comparison', key: 'name', operator: '==', value: name })
  if (!filter.ok) throw new ApoctlError(['APO-INPUT-VALUE', `the name ${name}: ${filter.problem}`])
  const found: AppCredential[] = []
  for await (const one of appCredentials(console).list({ filter: filter.value, namespace }, { signal }))
    found.push(one)
  return found
}

async function candidates(
  nameOrId: string,
  context: AppCredentialContext,
): Promise<readonly AppCredential[]> {
  const byId = likeAnId.test(nameOrId) ? await withId(nameOrId, context) : undefined
  return byId === undefined ? appCredentialsNamed(nameOrId, context) : [byId]
}

async function withId(
  id: string,
  { console, namespace, signal }: AppCredentialContext,
): Promise<AppCredential | undefined> {
  try {
    return await appCredentials(console).get(id, { namespace, signal })
  } catch (error) {
    if (error instanceof ApoctlError && error.code === 'APO-API-NOT-FOUND') return undefined
    throw error
  }
}
