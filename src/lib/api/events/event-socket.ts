import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import WebSocket from 'ws'
import { startDeadline } from '../../async/deadline.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Secret } from '../../secrets/secret.ts'
import { RefusedByConsole, translateApiError } from '../errors.ts'
import { withoutSecrets } from '../wire/describe-exchange.ts'
import { trustedAuthorities } from '../wire/trusted-authorities.ts'
import type { Trace } from '../wire/traced-wire.ts'
import type { Proxy, WireTrust } from '../wire/wire.ts'
import { readEventMessage, type EventMessage } from './console-event.ts'
import type { PushConfig } from './event-selection.ts'
import { TunnelAgent } from './tunnel-agent.ts'

export interface EventSocketOptions {
  readonly api: string
  readonly namespace: string
  /** Also of the namespaces below. */
  readonly recursive?: boolean | undefined
  readonly token: Secret
  readonly trust: WireTrust
  readonly proxy?: Proxy | undefined
  readonly config: PushConfig
  /** Default 5 s, as the official subscriber; thousands of enforcers need not hurry so. */
  readonly pingEveryMs?: number | undefined
  /** Hears what is asked and how it ends; not of the events, which are the answer. */
  readonly trace?: Trace | undefined
  readonly onMessage: (message: EventMessage) => void
  /** Hears of every sign of life of the Console. */
  readonly onAlive?: (() => void) | undefined
  readonly signal: AbortSignal
}

/** How a connection ended. 1006 without a word of the Console; `silent` when it did not answer pings. */
export interface SocketEnd {
  readonly code: number
  readonly reason: string
  readonly silent: boolean
}

export interface EventSocket {
  /** Resolves when the connection is over. Never rejects. */
  readonly closed: Promise<SocketEnd>
  /** Gives the Console a newer token without reconnecting. */
  renew(token: Secret): void
  /** Reads nothing until `resume`: the Console waits, or drops us as too slow. */
  pause(): void
  resume(): void
  close(): void
}

const connectTimeoutMs = 15_000
const usualPingMs = 5_000
/** Pings: the official subscriber waits 10 s for an answer. */
const mostUnanswered = 2
const leaveMs = 1_000
const mostEventBytes = 16 * 1024 * 1024
const mostRefusalBytes = 64 * 1024

/**
 * Opens the event socket and asks for events. Rejects with APO-API-* when the Console does not let us;
 * its `cause` is what the network or the Console said.
 */
export async function openEventSocket(options: EventSocketOptions): Promise<EventSocket> {
  const address = addressOf(options)
  options.trace?.(`events > GET ${withoutSecrets(address)}`)
  const socket = new WebSocket(address, {
    maxPayload: mostEventBytes,
    // Compression would cost the agent more memory than it saves bytes.
    perMessageDeflate: false,
    followRedirects: false,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    ...(options.proxy && { agent: new TunnelAgent(options.proxy, { connectTimeoutMs }) }),
    ca: trustedAuthorities(options.trust),
    rejectUnauthorized: !options.trust.skipVerify,
  })
  // Before the first event can come.
  const closed = watch(socket, options)
  await opened(socket, options)
  const subscribe = (token?: Secret) => {
    const parameters = token ? { parameters: { token: [token.reveal()] } } : {}
    socket.send(JSON.stringify({ ...options.config, ...parameters }))
    options.trace?.(`events > ${JSON.stringify(options.config)}${token ? ' with another token' : ''}`)
  }
  subscribe()
  return {
    closed,
    renew: subscribe,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => end(socket),
  }
}

/** The contract has the token in the query, not in a header. This address must not be logged. */
function addressOf({ api, namespace, recursive, token }: EventSocketOptions): string {
  const query = new URLSearchParams({ namespace, token: token.reveal(), enableErrors: 'true' })
  if (recursive) query.set('mode', 'all')
  return `${api.replace(/^http/, 'ws')}/events?${query.toString()}`
}

async function opened(socket: WebSocket, options: EventSocketOptions): Promise<void> {
  const deadline = startDeadline(connectTimeoutMs, options.signal)
  socket.once('unexpected-response', (request, response) => {
    void readRefusal(response).then((refusal) => {
      request.destroy()
      socket.emit('error', refusal)
    })
  })
  try {
    await once(socket, 'open', { signal: deadline.signal })
  } catch (error) {
    socket.terminate()
    options.signal.throwIfAborted()
    throw sayWhy(deadline.passed ? deadline.signal.reason : error, options)
  } finally {
    deadline.clear()
  }
}

async function readRefusal(response: IncomingMessage): Promise<RefusedByConsole> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      if ((bytes += chunk.length) > mostRefusalBytes) break
    }
  } catch {
    // What came before it broke off may still say why.
  }
  const headers = new Map(Object.entries(response.headers).map(([name, value]) => [name, String(value)]))
  return new RefusedByConsole({ status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) })
}

function sayWhy(error: unknown, { api, proxy }: EventSocketOptions): ApoctlError {
  const what = 'GET /events'
  const known = translateApiError(error, { what, api, proxy: proxy?.origin })
  if (known instanceof ApoctlError) return known
  // Not the text of the error itself: it may quote the address, and the token with it.
  return new ApoctlError(['APO-API-ANSWER', `${api} answered ${what} with something that is no event socket`])
}

function watch(socket: WebSocket, options: EventSocketOptions): Promise<SocketEnd> {
  let unanswered = 0
  const alive = () => {
    unanswered = 0
    options.onAlive?.()
  }
  const ping = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return
    // What is not read cannot be heard.
    if (socket.isPaused) unanswered = 0
    else if (unanswered >= mostUnanswered) socket.terminate()
    else {
      unanswered += 1
      socket.ping()
    }
  }, options.pingEveryMs ?? usualPingMs)
  const stop = () => end(socket)
  options.signal.addEventListener('abort', stop, { once: true })
  socket.on('pong', alive)
  socket.on('message', (data) => {
    alive()
    const message = readEventMessage(data)
    if (message) options.onMessage(message)
  })
  // A socket that never opened, or breaks, says so here once more; `closed` and `opened` tell it better.
  socket.on('error', () => undefined)
  return new Promise((resolve) => {
    socket.once('close', (code, reason) => {
      clearInterval(ping)
      options.signal.removeEventListener('abort', stop)
      options.trace?.(`events ! closed with ${[code, reason.toString('utf8')].join(' ').trimEnd()}`)
      resolve({ code, reason: reason.toString('utf8'), silent: unanswered >= mostUnanswered })
    })
  })
}

/** Takes its leave, and goes when nobody answers that soon. */
function end(socket: WebSocket): void {
  socket.close(1000)
  setTimeout(() => socket.terminate(), leaveMs).unref()
}
