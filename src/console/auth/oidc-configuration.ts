import * as oidc from 'openid-client'
import { textOf } from '../../contract/entity/definition.ts'
import { refuse } from '../refused-request.ts'
import type { StoredObject } from '../store/store.ts'
import { createOutsideFetch } from './outside-fetch.ts'

const timeoutMs = 10_000

/** Asks a provider for something about a login; whatever is wrong with the answer is refused with 401. */
export async function askProvider<Said>(
  stored: StoredObject,
  ask: (config: oidc.Configuration) => Promise<Said>,
): Promise<Said> {
  const config = await configurationOf(stored)
  try {
    return await ask(config)
  } catch (error) {
    // Nothing of the answer is repeated: it may be anything.
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw refuse(401, `The OIDC provider did not confirm the login${code}`)
  }
}

/** What a provider says about itself, and how to ask it; refuses with 503 when it is not there. */
export async function configurationOf({ object, internal }: StoredObject): Promise<oidc.Configuration> {
  const endpoint = new URL(textOf(object, 'endpoint'))
  const authority = textOf(object, 'certificateAuthority')
  // Whoever names an authority means that one, and none of the public ones.
  const fetch = createOutsideFetch({ ca: authority === '' ? undefined : [authority], timeoutMs })
  // Only checked endpoints are stored: without TLS they are on this machine.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the library marks what is dangerous that way
  const execute = endpoint.protocol === 'http:' ? [oidc.allowInsecureRequests] : []
  try {
    return await oidc.discovery(
      endpoint,
      textOf(object, 'clientID'),
      textOf(internal, 'clientSecret'),
      undefined,
      { execute, timeout: timeoutMs / 1000, [oidc.customFetch]: fetch },
    )
  } catch {
    throw refuse(503, `The OIDC provider '${textOf(object, 'name')}' does not answer as one`)
  }
}
