import * as oidc from 'openid-client'
import { textOf } from '../../contract/entity/definition.ts'
import { refuse } from '../refused-request.ts'
import type { StoredObject } from '../store/store.ts'
import { createOutsideFetch } from './outside-fetch.ts'

const timeoutMs = 10_000

/** A login with a provider. */
export interface ProviderLogin {
  readonly stored: StoredObject
  /** Where the browser comes back to. */
  readonly redirectUrl: string
}

/** Asks a provider for something about a login; whatever is wrong with the answer is refused with 401. */
export async function askProvider<Said>(
  login: ProviderLogin,
  ask: (config: oidc.Configuration) => Promise<Said>,
): Promise<Said> {
  const config = await configurationOf(login)
  try {
    return await ask(config)
  } catch (error) {
    // Nothing of the answer is repeated: it may be anything.
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw refuse(401, `The OIDC provider did not confirm the login${code}`)
  }
}

/** What a provider says about itself, and how to ask it; refuses with 503 when it is not there. */
export async function configurationOf({ stored, redirectUrl }: ProviderLogin): Promise<oidc.Configuration> {
  const { object, internal } = stored
  const endpoint = new URL(textOf(object, 'endpoint'))
  const authority = textOf(object, 'certificateAuthority')
  // Whoever names an authority means that one, and none of the public ones.
  const send = createOutsideFetch({ ca: authority === '' ? undefined : [authority], timeoutMs })
  // Only checked endpoints are stored: without TLS they are on this machine.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the library marks what is dangerous that way
  const execute = endpoint.protocol === 'http:' ? [oidc.allowInsecureRequests] : []
  try {
    return await oidc.discovery(
      endpoint,
      textOf(object, 'clientID'),
      textOf(internal, 'clientSecret'),
      undefined,
      { execute, timeout: timeoutMs / 1000, [oidc.customFetch]: sendingRedirect(redirectUrl, send) },
    )
  } catch {
    throw refuse(503, `The OIDC provider '${textOf(object, 'name')}' does not answer as one`)
  }
}

/**
 * The provider wants to see the address that the browser came back to exactly as it was given at the first step.
 * The library takes it from a URL, which writes `http://localhost:65332` with a slash behind it.
 */
function sendingRedirect(redirectUrl: string, send: oidc.CustomFetch): oidc.CustomFetch {
  return (url, options) => {
    const { body } = options
    if (body instanceof URLSearchParams && body.has('redirect_uri')) body.set('redirect_uri', redirectUrl)
    return send(url, options)
  }
}
