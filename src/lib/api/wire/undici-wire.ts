import { gunzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { Dispatcher, Pool } from 'undici'
import { isUnknownAuthority } from '../errors.ts'
import { trustedAuthorities } from './trusted-authorities.ts'
import type { ClientCertificate, Wire, WireAnswer, WireOptions, WireRequest } from './wire.ts'

/** Far above any page of any list; a server that sends without end meets it. */
const mostAnswerBytes = 256 * 1024 * 1024
/** Shorter than the idle timeout of common load balancers, so that we close first and lose no request. */
const keepAliveMs = 50_000
const unzip = promisify(gunzip)

/**
 * A wire over undici's pool. Nothing is loaded, resolved or connected before the first request.
 *
 * Naming authorities to Node costs it about as much as a start, for there are some 150 public ones. A
 * Console with an authority of its own is nearly always vouched for by that alone, so it is tried alone
 * first; only when it does not know the certificate do the public ones come in as well. Nothing has been
 * sent by then.
 */
export function openUndiciWire(options: WireOptions): Wire {
  const own = options.authoritiesPem
  if (own === undefined || options.skipVerify === true)
    return openPoolWire(options, trustedAuthorities(options))
  const first = openPoolWire(options, [own])
  let all: Wire | undefined
  return {
    async send(request) {
      if (all !== undefined) return all.send(request)
      try {
        return await first.send(request)
      } catch (error) {
        if (!isUnknownAuthority(error)) throw error
        all ??= openPoolWire(options, trustedAuthorities(options))
        return all.send(request)
      }
    },
    async close() {
      await Promise.all([first.close(), all?.close()])
    },
  }
}

function openPoolWire(options: WireOptions, authorities: string[] | undefined): Wire {
  let opened: Promise<OpenPool> | undefined
  return {
    async send(request) {
      const { pool, ask } = await (opened ??= openPool(options, authorities))
      return readAnswer(await ask.call(pool, toDispatch(request)), request.signal)
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

async function openPool(options: WireOptions, authorities: string[] | undefined): Promise<OpenPool> {
  const [{ default: PoolOf }, { default: ask }] = await Promise.all([
    import('undici/lib/dispatcher/pool.js'),
    import('undici/lib/api/api-request.js'),
  ])
  return { pool: new PoolOf(options.origin, poolOptions(options, authorities)), ask }
}

function poolOptions(options: WireOptions, ca: string[] | undefined): Pool.Options {
  const { clientCertificate } = options
  return {
    connections: 16,
    pipelining: 1,
    keepAliveTimeout: keepAliveMs,
    headersTimeout: options.silenceTimeoutMs,
    bodyTimeout: options.silenceTimeoutMs,
    connect: {
      timeout: options.connectTimeoutMs,
      ...(ca && { ca }),
      ...(options.skipVerify && { rejectUnauthorized: false }),
      ...(clientCertificate && shown(clientCertificate)),
    },
  }
}

function shown(certificate: ClientCertificate) {
  if ('pkcs12' in certificate) return { pfx: certificate.pkcs12, passphrase: certificate.passphrase.reveal() }
  return { cert: certificate.certificatePem, key: certificate.privateKeyPem.reveal() }
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

async function readAnswer(answer: Dispatcher.ResponseData, signal: AbortSignal): Promise<WireAnswer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    signal.throwIfAborted()
    bytes += chunk.length
    if (bytes > mostAnswerBytes) throw new Error(`the answer is longer than ${mostAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  const headers = new Map(
    Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), lastOf(value)]),
  )
  const body = Buffer.concat(chunks)
  const zipped = headers.get('content-encoding') === 'gzip' && body.length > 0
  return {
    status: answer.statusCode,
    headers,
    body: zipped ? await unzip(body, { maxOutputLength: mostAnswerBytes }) : body,
  }
}

function lastOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value.at(-1) : value) ?? ''
}
