import { parentNamespace } from '../../../contract/namespace-name.ts'
import type { ConsoleClient } from '../../api/console-client.ts'
import { namespaces } from '../../api/endpoints/namespaces.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** Words that stand for a version. */
export const versionWords = { latest: 'latest', namespace: 'namespace' } as const

interface Place {
  readonly console: ConsoleClient
  readonly namespace: string
  readonly signal: AbortSignal
}

/**
 * The version that enforcers shall have; undefined for the newest there is. `latest` is that, `namespace` what the
 * namespace names as its default. When nothing is asked for, that default counts too, if there is one and we may see
 * it. Source: section 1.1 of the original's interface. Throws APO-INPUT-MISSING.
 */
export async function wantedVersion(asked: string | undefined, place: Place): Promise<string | undefined> {
  if (asked === versionWords.latest) return undefined
  if (asked === versionWords.namespace) return (await defaultVersion(place)) ?? noDefault(place.namespace)
  if (asked !== undefined) return asked
  try {
    return await defaultVersion(place)
  } catch (error) {
    // It stands in the namespace above, which not everybody may look into.
    if (error instanceof ApoctlError && error.code === 'APO-API-FORBIDDEN') return undefined
    throw error
  }
}

async function defaultVersion({ console, namespace, signal }: Place): Promise<string | undefined> {
  const parent = parentNamespace(namespace)
  if (parent === '') return undefined
  const query = {
    namespace: parent,
    filter: `name == "${namespace}"`,
    fields: ['name', 'defaultEnforcerVersion'] as const,
  }
  const found = await namespaces(console).first(query, { signal })
  const version = found?.defaultEnforcerVersion ?? ''
  return version === '' ? undefined : version
}

function noDefault(namespace: string): never {
  throw new ApoctlError(['APO-INPUT-MISSING', `the namespace ${namespace} names no default version`], {
    hints: [
      `Set one: apoctl api update ns ${namespace} -n ${parentNamespace(namespace) || '/'} -k defaultEnforcerVersion VERSION`,
      'Or give a version.',
    ],
  })
}
