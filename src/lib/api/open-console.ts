import { ApoctlError } from '../errors/apoctl-error.ts'
import type { Secret } from '../secrets/secret.ts'
import { createCaller, type Caller } from './session/caller.ts'
import { givenToken, issuedToken, type TokenSource } from './session/token-source.ts'
import type { ConsoleClient, ConsoleLimits, ConsoleOptions, ConsoleWorld } from './console-client.ts'
import type { TokenTerms } from './token-terms.ts'
import { openUndiciWire } from './wire/undici-wire.ts'
import type { ClientCertificate, WireOptions, WireTrust } from './wire/wire.ts'
import { issueToken } from './endpoints/issue.ts'

const usualLimits: ConsoleLimits = {
  connectTimeoutMs: 10_000,
  silenceTimeoutMs: 60_000,
  callTimeoutMs: 120_000,
  attempts: 4,
}
/** Getting a token is one small exchange; the official client gives it as long. */
const issueTimeoutMs = 30_000

/**
 * Makes a client of a Console. Opens no connection by itself: the first call does.
 * Throws APO-INPUT-VALUE when `api` is no https address.
 */
export function openConsole(options: ConsoleOptions, world: ConsoleWorld): ConsoleClient {
  const limits = { ...usualLimits, ...options.limits }
  const { login } = options
  const api = parseApi(options.api)
  const trust = trustFor(options)
  const wireOptions: WireOptions = { origin: api, ...trust, ...limits }
  const wire = openUndiciWire(wireOptions)
  const tokens = tokenSourceFor({ options: { ...options, api }, wireOptions, limits }, world)
  const caller = createCaller({ api, namespace: options.namespace, limits }, { wire, tokens, ...world })
  return {
    api,
    namespace: options.namespace,
    call: (call, how) => caller.call(call, how),
    async token(how) {
      if (!tokens) throw noLogin(login.kind, api)
      return caller.guard('POST /issue', () => tokens.current(how?.signal))
    },
    close: () => wire.close(),
  }
}

function parseApi(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' || url.username !== '' || url.search !== '' || url.pathname !== '/')
    throw new ApoctlError(['APO-INPUT-VALUE', `${JSON.stringify(text)} is not the address of a Console`], {
      hints: ['Write it as https://host or https://host:port.'],
    })
  return url.origin
}

function trustFor(options: ConsoleOptions): WireTrust {
  const { login, trust = {} } = options
  const own = login.kind === 'app-credential' ? login.credential.authorityPem : undefined
  const authorities = [trust.authoritiesPem, own].filter((pem) => pem !== undefined)
  return { ...trust, authoritiesPem: authorities.length === 0 ? undefined : authorities.join('\n') }
}

interface TokenPlace {
  readonly options: ConsoleOptions
  readonly wireOptions: WireOptions
  readonly limits: ConsoleLimits
}

function tokenSourceFor(place: TokenPlace, world: ConsoleWorld): TokenSource | undefined {
  const { login } = place.options
  const certified = (certificate: ClientCertificate, terms: TokenTerms = {}) =>
    issuedToken(() => issueWithCertificate({ certificate, terms }, { ...place, ...world }), world.clock)
  switch (login.kind) {
    case 'anonymous':
      return undefined
    case 'token':
      return givenToken(login.token)
    case 'app-credential':
      return certified(login.credential, login.terms)
    case 'certificate':
      return certified(login.certificate, login.terms)
    default:
      return login satisfies never
  }
}

/**
 * Logs in with a client certificate. That needs a connection of its own, which is closed again: a token
 * is wanted once in hours, and all other traffic must not depend on a certificate being asked for.
 */
async function issueWithCertificate(
  asked: { readonly certificate: ClientCertificate; readonly terms: TokenTerms },
  place: TokenPlace & ConsoleWorld,
): Promise<Secret> {
  const { certificatePem, privateKeyPem } = asked.certificate
  const wire = openUndiciWire({ ...place.wireOptions, clientCertificate: { certificatePem, privateKeyPem } })
  const caller: Caller = createCaller(
    { api: place.options.api, namespace: '', limits: place.limits },
    { wire, tokens: undefined, clock: place.clock, random: place.random },
  )
  try {
    const request = { realm: 'Certificate', ...asked.terms } as const
    return await issueToken(request, { console: caller, timeoutMs: issueTimeoutMs })
  } finally {
    await wire.close()
  }
}

function noLogin(kind: string, api: string): ApoctlError {
  return new ApoctlError(['APO-API-AUTH', `there is no token for ${api}: the connection is ${kind}`])
}
