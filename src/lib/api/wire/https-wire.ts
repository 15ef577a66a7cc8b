import { Agent, request as startRequest, type RequestOptions } from 'node:https'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { isUnknownAuthority } from '../errors.ts'
import { trustedAuthorities } from './trusted-authorities.ts'
import { TunnelAgent } from './tunnel-agent.ts'
import type { ClientCertificate, Wire, WireAnswer, WireOptions, WireRequest } from './wire.ts'

/** Far above any page of any list; a server that sends without end meets it. */
const mostAnswerBytes = 256 * 1024 * 1024
const mostConnections = 16

/**
 * A wire over Node's own HTTPS. Nothing is resolved or connected before the first request.
 *
 * It has several ways to judge the Console's certificate and takes the first that knows it; nothing of a
 * request has been sent before. First, nobody is trusted but a session of an earlier run is resumed: only
 * who has seen the verified one can do that, so it needs no certificate. Then the Console's own authority,
 * which nearly always vouches for it. Only then the 150 public ones, which cost Node a start to read.
 */
export function openHttpsWire(options: WireOptions): Wire {
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
  const { clientCertificate, proxy, connectTimeoutMs } = options
  const pool = { keepAlive: true, maxSockets: mostConnections, scheduling: 'lifo' } as const
  const agent = proxy ? new TunnelAgent(proxy, { ...pool, connectTimeoutMs }) : new Agent(pool)
  const { hostname, port } = new URL(options.origin)
  const target: RequestOptions = {
    agent,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 443 : port,
    ...trust,
    ...(clientCertificate && shown(clientCertificate)),
  }
  return {
    send: (request) => exchange(request, { ...options, target }),
    close() {
      agent.destroy()
      return Promise.resolve()
    },
  }
}

function shown(certificate: ClientCertificate) {
  if ('pkcs12' in certificate) return { pfx: certificate.pkcs12, passphrase: certificate.passphrase.reveal() }
  return { cert: certificate.certificatePem, key: certificate.privateKeyPem.reveal() }
}

type Way = WireOptions & { readonly target: RequestOptions }

async function exchange(asked: WireRequest, way: Way): Promise<WireAnswer> {
  const request = startRequest({
    ...way.target,
    method: asked.method,
    path: asked.path,
    signal: asked.signal,
  })
  for (const [name, values] of grouped(asked.headers)) request.setHeader(name, values)
  request.setHeader('accept-encoding', 'gzip')
  request.once('socket', (socket) => watchConnection({ request, socket }, way))
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', reject)
    request.end(asked.body)
  })
  return readAnswer(answer)
}

/** One header line for each value of a name: Node writes a list that way. */
function grouped(headers: WireRequest['headers']): Map<string, string[]> {
  const lines = new Map<string, string[]>()
  for (const [name, value] of headers) lines.set(name, [...(lines.get(name) ?? []), value])
  return lines
}

/** Deadlines of a connection, and its session for later runs. */
function watchConnection(
  { request, socket }: { readonly request: ClientRequest; readonly socket: Socket },
  way: Way,
): void {
  const giveUp = () => request.destroy(Object.assign(new Error('too late'), { code: 'ETIMEDOUT' }))
  request.setTimeout(way.silenceTimeoutMs, giveUp)
  if (request.reusedSocket || !(socket instanceof TLSSocket)) return
  const timer = setTimeout(giveUp, way.connectTimeoutMs)
  const clear = () => clearTimeout(timer)
  socket.once('secureConnect', clear).once('close', clear)
  socket.on('session', (session: Buffer) => {
    if (socket.authorized) way.sessions?.keep(session, socket.isSessionReused())
  })
}

async function readAnswer(answer: IncomingMessage): Promise<WireAnswer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostAnswerBytes) throw new Error(`the answer is longer than ${mostAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  const headers = new Map(Object.entries(answer.headers).map(([name, value]) => [name, lastOf(value)]))
  const body = Buffer.concat(chunks)
  const zipped = headers.get('content-encoding') === 'gzip' && body.length > 0
  return { status: answer.statusCode ?? 0, headers, body: zipped ? await unzip(body) : body }
}

async function unzip(body: Buffer): Promise<Buffer> {
  const { gunzip } = await import('node:zlib')
  return promisify(gunzip)(body, { maxOutputLength: mostAnswerBytes })
}

function lastOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value.at(-1) : value) ?? ''
}
