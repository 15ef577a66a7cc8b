import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { CallOptions } from '../call.ts'
import type { ConsoleClient } from '../console-client.ts'

/** How far the Console's clock is from ours. */
export interface ClockSkew {
  /** Positive: the Console is ahead. Half the round trip is taken off. */
  readonly skewMs: number
  /** How far off `skewMs` itself may be: half the round trip, and a second for HTTP's own resolution. */
  readonly uncertaintyMs: number
}

/** `_meta/config`: where this Console's packages are. Keys seen: repo, repo-signing-key, tuf, tuf-keys. */
export async function readConfig(
  console: ConsoleClient,
  options?: CallOptions,
): Promise<Readonly<Record<string, string>>> {
  const body = await readMeta('config', { console, options })
  if (typeof body === 'object' && body !== null) return body as Record<string, string>
  throw new ApoctlError([
    'APO-API-ANSWER',
    'the Console answered _meta/config with something that is no object',
  ])
}

/** `_meta/ca`: the authority that signs the Console's credentials and, often, its own certificate; PEM. */
export async function readAuthority(console: ConsoleClient, options?: CallOptions): Promise<string> {
  const body = await readMeta('ca', { console, options })
  if (typeof body === 'string' && body.includes('-----BEGIN CERTIFICATE-----')) return body
  throw new ApoctlError([
    'APO-API-ANSWER',
    'the Console answered _meta/ca with something that is no certificate',
  ])
}

/**
 * `_meta/googleclientid`: which client of Google the Console is, as text. Throws APO-API-UNSUPPORTED when the
 * Console is none.
 */
export async function readGoogleClientId(console: ConsoleClient, options?: CallOptions): Promise<string> {
  const call = { method: 'GET', path: ['_meta', 'googleclientid'], anonymous: true, alsoFine: [404] } as const
  const { status, body } = await console.call(call, options)
  const clientId = typeof body === 'string' ? body.trim() : ''
  if (status === 404 || clientId === '')
    throw new ApoctlError(['APO-API-UNSUPPORTED', `${console.api} does not do logins with Google itself`], {
      hints: ['Where Google is declared as an OIDC provider: apoctl auth oidc'],
    })
  if (/^[\w.-]+$/.test(clientId)) return clientId
  throw new ApoctlError([
    'APO-API-ANSWER',
    'the Console answered _meta/googleclientid with something that is no client ID',
  ])
}

/**
 * Compares clocks by the Date header, which every HTTP server sends; the format of `_meta/time` is not
 * public. `nowMs` is asked before and after.
 */
export async function measureClockSkew(
  console: ConsoleClient,
  how: CallOptions & { readonly nowMs: () => number },
): Promise<ClockSkew> {
  const sentMs = how.nowMs()
  const answer = await console.call(
    { method: 'GET', path: ['_meta', 'time'], anonymous: true, alsoFine: [404] },
    how,
  )
  const receivedMs = how.nowMs()
  if (answer.serverTimeMs === undefined)
    throw new ApoctlError(['APO-API-ANSWER', 'the Console does not say what time it is'])
  const roundTripMs = receivedMs - sentMs
  // The header is cut to whole seconds: on average it is half a second behind.
  const skewMs = Math.round(answer.serverTimeMs + 500 - (sentMs + roundTripMs / 2))
  return { skewMs, uncertaintyMs: Math.ceil(roundTripMs / 2) + 500 }
}

async function readMeta(
  name: string,
  how: { readonly console: ConsoleClient; readonly options: CallOptions | undefined },
): Promise<unknown> {
  const { body } = await how.console.call(
    { method: 'GET', path: ['_meta', name], anonymous: true },
    how.options,
  )
  return body
}
