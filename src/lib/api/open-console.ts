import { ApoctlError } from '../errors/apoctl-error.ts'
import type { ConsoleClient, ConsoleLimits, ConsoleOptions, ConsoleWorld } from './console-client.ts'
import { createCaller } from './session/caller.ts'
import { tokenSourceFor } from './session/log-in.ts'
import { keptSessions } from './session/tls-sessions.ts'
import { traced } from './wire/traced-wire.ts'
import { openUndiciWire } from './wire/undici-wire.ts'
import type { WireOptions, WireTrust } from './wire/wire.ts'

const usualLimits: ConsoleLimits = {
  connectTimeoutMs: 10_000,
  silenceTimeoutMs: 60_000,
  callTimeoutMs: 120_000,
  attempts: 4,
}

/**
 * Makes a client of a Console. Opens no connection by itself: the first call does.
 * Throws APO-INPUT-VALUE when `api` is no https address.
 */
export function openConsole(options: ConsoleOptions, world: ConsoleWorld): ConsoleClient {
  const limits = { ...usualLimits, ...options.limits }
  const { login } = options
  const api = parseApi(options.api)
  const trust = trustFor(options)
  const wireOptions: WireOptions = { origin: api, ...trust, ...limits, proxy: options.proxy }
  const { keptTokens } = world
  const sessions = keptTokens && keptSessions(wireOptions, { keptTokens, clock: world.clock })
  const wire = traced(openUndiciWire({ ...wireOptions, sessions }), { origin: api, ...world })
  const tokens = tokenSourceFor(login, { wireOptions, limits, ...world })
  const caller = createCaller(
    { api, proxy: options.proxy?.origin, namespace: options.namespace, limits },
    { wire, tokens, ...world },
  )
  return {
    api,
    trust,
    proxy: options.proxy,
    trace: world.trace,
    namespace: options.namespace,
    call: (call, how) => caller.call(call, how),
    async token(how) {
      if (!tokens) throw noLogin(login.kind, api)
      return caller.guard('POST /issue', () => tokens.current(how?.signal))
    },
    replaceToken: (stale, how) =>
      caller.guard('POST /issue', async () => tokens?.replace({ stale, status: 401 }, how?.signal)),
    tokenOrigin: () => tokens?.origin(),
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

function noLogin(kind: string, api: string): ApoctlError {
  return new ApoctlError(['APO-API-AUTH', `there is no token for ${api}: the connection is ${kind}`])
}
