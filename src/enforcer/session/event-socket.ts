import { once } from 'node:events'
import WebSocket from 'ws'
import { startDeadline } from '../../lib/async/deadline.ts'
import { trustedAuthorities } from '../../lib/api/wire/trusted-authorities.ts'
import type { WireTrust } from '../../lib/api/wire/wire.ts'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import type { Secret } from '../../lib/secrets/secret.ts'

/** One event of the Console. Source: section 7 of the wire contract. */
export interface ConsoleEvent {
  readonly identity: string
  readonly type: 'create' | 'update' | 'delete' | 'error'
  readonly entity: Readonly<Record<string, unknown>>
}

export interface EventSocketOptions {
  readonly api: string
  readonly namespace: string
  readonly token: Secret
  readonly trust: WireTrust
  readonly onEvent: (event: ConsoleEvent) => void
  /** Hears of every sign of life of the Console. */
  readonly onAlive: () => void
  readonly signal: AbortSignal
}

export interface EventSocket {
  /** Resolves when the connection is over, with the reason. Never rejects. */
  readonly closed: Promise<string>
  /** Gives the Console a newer token without reconnecting. */
  renew(token: Secret): void
  close(): void
}

const connectTimeoutMs = 15_000
/** The official subscriber pings every 5 s and waits 10 s. Thousands of enforcers need not hurry so. */
const pingEveryMs = 10_000
const mostEventBytes = 16 * 1024 * 1024
/** What an enforcer wants to hear of. The Console filters by identity; we filter again. */
const identities = { enforcer: ['update', 'delete'], processingunit: ['update', 'delete'] } as const

/** Opens the socket and asks for our events. Rejects with APO-API-* when the Console does not let us. */
export async function openEventSocket(options: EventSocketOptions): Promise<EventSocket> {
  const socket = new WebSocket(addressOf(options), {
    handshakeTimeout: connectTimeoutMs,
    maxPayload: mostEventBytes,
    // Compression would cost the agent more memory than it saves bytes.
    perMessageDeflate: false,
    followRedirects: false,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    ca: trustedAuthorities(options.trust),
    rejectUnauthorized: !options.trust.skipVerify,
  })
  await opened(socket, options)
  const subscribe = (token?: Secret) => {
    const parameters = token ? { parameters: { token: [token.reveal()] } } : {}
    socket.send(JSON.stringify({ identities, ...parameters }))
  }
  subscribe()
  const closed = watch(socket, options)
  return { closed, renew: subscribe, close: () => socket.close(1000) }
}

/** The contract has the token in the query, not in a header. This address must not be logged. */
function addressOf({ api, namespace, token }: EventSocketOptions): string {
  const query = new URLSearchParams({ namespace, token: token.reveal(), enableErrors: 'true' })
  return `${api.replace(/^http/, 'ws')}/events?${query.toString()}`
}

async function opened(socket: WebSocket, options: EventSocketOptions): Promise<void> {
  const deadline = startDeadline(connectTimeoutMs, options.signal)
  socket.on('unexpected-response', (request, response) => {
    const status = response.statusCode ?? 0
    request.destroy()
    socket.emit('error', refusal(status))
  })
  try {
    await once(socket, 'open', { signal: deadline.signal })
  } catch (error) {
    // Ending a socket that never opened makes it emit one more error, which nobody would hear.
    socket.on('error', () => undefined)
    socket.terminate()
    options.signal.throwIfAborted()
    throw error instanceof ApoctlError ? error : unreachable(error)
  } finally {
    deadline.clear()
  }
}

function refusal(status: number): ApoctlError {
  const code = status === 401 ? 'APO-API-AUTH' : status === 403 ? 'APO-API-FORBIDDEN' : 'APO-API-UNAVAILABLE'
  return new ApoctlError([code, `the Console refused the event socket: HTTP ${status}`])
}

/** By code only: the message of a socket error may quote the address, and the token with it. */
function unreachable(error: unknown): ApoctlError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
  return new ApoctlError([
    'APO-API-UNREACHABLE',
    `the event socket of the Console cannot be reached (${code})`,
  ])
}

function watch(socket: WebSocket, options: EventSocketOptions): Promise<string> {
  let answered = true
  const alive = () => {
    answered = true
    options.onAlive()
  }
  const ping = setInterval(() => {
    if (!answered) {
      socket.terminate()
      return
    }
    answered = false
    socket.ping()
  }, pingEveryMs)
  const stop = () => socket.close(1000)
  options.signal.addEventListener('abort', stop, { once: true })
  socket.on('pong', alive)
  socket.on('message', (data) => {
    alive()
    const event = parseEvent(data)
    if (event) options.onEvent(event)
  })
  socket.on('error', () => undefined)
  return new Promise((resolve) => {
    socket.once('close', (code, reason) => {
      clearInterval(ping)
      options.signal.removeEventListener('abort', stop)
      resolve(answered ? `${code} ${reason.toString('utf8')}`.trim() : 'the Console went silent')
    })
  })
}

function parseEvent(data: WebSocket.RawData): ConsoleEvent | undefined {
  try {
    const text = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)
    const event = JSON.parse(text.toString('utf8')) as Partial<ConsoleEvent> | null
    return typeof event?.type === 'string' && typeof event.entity === 'object'
      ? { identity: event.identity ?? '', type: event.type, entity: event.entity }
      : undefined
  } catch {
    return undefined
  }
}
