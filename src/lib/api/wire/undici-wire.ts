import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import type { buildConnector, Dispatcher, Pool } from 'undici'
import { isUnknownAuthority } from '../errors.ts'
import { AnswerTooLong } from './answer-too-long.ts'
import { trustedAuthorities } from './trusted-authorities.ts'
import { openTunnel } from './tunnel.ts'
import type { ClientCertificate, Wire, WireAnswer, WireOptions, WireRequest } from './wire.ts'

/** Far above any page of any list; a server that sends without end meets it. */
const mostAnswerBytes = 256 * 1024 * 1024
const mostConnections = 16
/** Shorter than the idle timeout of common load balancers, so that we close first and lose no request. */
const keepAliveMs = 50_000

/**
 * A wire over undici. Nothing of it is loaded, resolved or connected before the first request.
 *
 * It has several ways to judge the Console's certificate and takes the first that knows it; nothing of a
 * request has been sent before. First, nobody is trusted but a session of an earlier run is resumed: only
 * who has seen the verified one can do that, so it needs no certificate. Then the Console's own authority,
 * which nearly always vouches for it. Only then the 150 public ones, which cost Node a start to read.
 */
export function openUndiciWire(options: WireOptions): Wire {
  const ways = waysToTrust(options)
  const opened: Wire[] = []
  let at = 0
  const wireAt = (way: number) => (opened[way] ??= openWay(options, ways[way] ?? {}))
  return {
    async send(request) {
      for (;;) {
        const mine = at
        try {
          return await wireAt(mine).send(request)
        } catch (error) {
          if (mine >= ways.length - 1 || !isUnknownAuthority(error)) throw error
          at = Math.max(at, mine + 1)
        }
      }
    },
    async close() {
      await Promise.all(opened.map((wire) => wire.close()))
    },
  }
}

interface Trust {
  readonly ca?: string[]
  readonly session?: Buffer
  readonly rejectUnauthorized?: boolean
}

function waysToTrust(options: WireOptions): readonly Trust[] {
  if (options.skipVerify) return [{ rejectUnauthorized: false }]
  const session = options.sessions?.read()
  const all = trustedAuthorities(options)
  return [
    ...(session === undefined ? [] : [{ ca: [], session }]),
    ...(options.authoritiesPem === undefined ? [] : [{ ca: [options.authoritiesPem] }]),
    all === undefined ? {} : { ca: all },
  ]
}

function openWay(options: WireOptions, trust: Trust): Wire {
  let opened: Promise<OpenPool> | undefined
  return {
    async send(request) {
      const { pool, ask } = await (opened ??= openPool(options, trust))
      return readAnswer(await ask.call(pool, toDispatch(request)), request)
    },
    async close() {
      const { pool } = (await opened) ?? {}
      await pool?.destroy()
    },
  }
}

interface OpenPool {
  readonly pool: Pool
  readonly ask: (this: Dispatcher, options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>
}

async function openPool(options: WireOptions, trust: Trust): Promise<OpenPool> {
  const [{ default: PoolOf }, { default: ask }, { default: connectorOf }] = await Promise.all([
    import('undici/lib/dispatcher/pool.js'),
    import('undici/lib/api/api-request.js'),
    import('undici/lib/core/connect.js'),
  ])
  const { clientCertificate, connectTimeoutMs, silenceTimeoutMs } = options
  const tls = { ...trust, ...(clientCertificate && shown(clientCertificate)), timeout: connectTimeoutMs }
  const pool = new PoolOf(options.origin, {
    connections: mostConnections,
    pipelining: 1,
    keepAliveTimeout: keepAliveMs,
    headersTimeout: silenceTimeoutMs,
    bodyTimeout: silenceTimeoutMs,
    connect: watched(connectorOf(tls), options),
  })
  return { pool, ask }
}

function shown(certificate: ClientCertificate) {
  if ('pkcs12' in certificate) return { pfx: certificate.pkcs12, passphrase: certificate.passphrase.reveal() }
  return { cert: certificate.certificatePem, key: certificate.privateKeyPem.reveal() }
}

type Connect = (
  target: buildConnector.Options,
  done: (error: Error | null, socket?: TLSSocket) => void,
) => TLSSocket

/** Goes through the proxy where there is one, and keeps the session of the connection for later runs. */
function watched(connect: Connect, options: WireOptions): buildConnector.connector {
  return (target, callback) => {
    const done = callback as (error: Error | null, socket?: TLSSocket) => void
    const start = (through: Partial<buildConnector.Options>): void => {
      const socket = connect({ ...target, ...through }, done)
      socket.on('session', (session: Buffer) => {
        if (socket.authorized) options.sessions?.keep(session, socket.isSessionReused())
      })
    }
    const { proxy, connectTimeoutMs: timeoutMs } = options
    if (proxy === undefined) {
      start({})
      return
    }
    const { hostname, port } = new URL(options.origin)
    openTunnel(`${hostname}:${port === '' ? 443 : port}`, { proxy, timeoutMs }).then(
      (httpSocket) => start({ httpSocket }),
      done,
    )
  }
}

function toDispatch(request: WireRequest): Dispatcher.RequestOptions {
  return {
    method: request.method,
    path: request.path,
    // A flat list: undici writes one line per pair, where fetch would fold equal names into one.
    headers: [...request.headers, ['accept-encoding', 'gzip'] as const].flat(),
    body: request.body ?? null,
    signal: request.signal,
  }
}

async function readAnswer(
  answer: Dispatcher.ResponseData,
  { signal, mostBytes = mostAnswerBytes }: WireRequest,
): Promise<WireAnswer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    signal.throwIfAborted()
    bytes += chunk.length
    if (bytes > mostBytes) throw new AnswerTooLong(mostBytes)
    chunks.push(chunk)
  }
  const headers = new Map(
    Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), lastOf(value)]),
  )
  const body = Buffer.concat(chunks)
  const zipped = headers.get('content-encoding') === 'gzip' && body.length > 0
  return { status: answer.statusCode, headers, body: zipped ? await unzip(body, mostBytes) : body }
}

async function unzip(body: Buffer, mostBytes: number): Promise<Buffer> {
  const { gunzip } = await import('node:zlib')
  try {
    return await promisify(gunzip)(body, { maxOutputLength: mostBytes })
  } catch (error) {
    const tooLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    throw tooLong ? new AnswerTooLong(mostBytes) : error
  }
}

function lastOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value.at(-1) : value) ?? ''
}
