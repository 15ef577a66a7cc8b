import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { STATUS_CODES } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'
import { parseNamespaceName } from '../../contract/namespace-name.ts'
import { authenticate } from '../auth/authenticate.ts'
import { mayListenIn } from '../auth/authorize.ts'
import { errorBody } from '../http/send-answer.ts'
import { clientOf, urlOf } from '../http/connection.ts'
import { tokenOfRequest } from '../http/token-of-request.ts'
import { refuse, RefusedRequest } from '../refused-request.ts'
import type { ConsoleServices, ObjectEvent } from '../services.ts'
import { EventSession } from './event-session.ts'
import { inTurns } from './in-turns.ts'

/** Hands events to all who listen. */
export interface EventHub {
  publish(event: ObjectEvent): void
  /** Takes over a connection that asks to become a WebSocket. */
  upgrade(connection: Upgrade, services: ConsoleServices): void
  /** Tells all readers that the Console stops. */
  stop(): void
}

export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

const pingEveryMs = 30_000

export function createEventHub(): EventHub {
  // Readers send small messages only; compression costs memory for each of them.
  const server = new WebSocketServer({ noServer: true, maxPayload: 65_536, perMessageDeflate: false })
  const sessions = new Map<WebSocket, EventSession>()
  const beat = setInterval(() => server.clients.forEach(expectPong), pingEveryMs)
  beat.unref()
  return {
    publish: inTurns((event) => {
      for (const session of sessions.values()) session.offer(event)
      for (const session of sessions.values()) if (session.isConcernedBy(event)) void session.recheck()
    }),
    upgrade: (connection, services) => {
      connection.socket.on('error', () => connection.socket.destroy())
      admit(connection, services).then(
        (options) => {
          const { request, socket, head } = connection
          server.handleUpgrade(request, socket, head, (webSocket) => {
            webSocket.on('error', () => webSocket.terminate())
            webSocket.on('close', () => sessions.delete(webSocket))
            sessions.set(webSocket, new EventSession({ ...options, socket: webSocket }, services))
          })
        },
        (error: unknown) => refuseUpgrade(connection.socket, error),
      )
    },
    stop: () => {
      clearInterval(beat)
      for (const session of sessions.values()) session.stop()
    },
  }
}

type Admitted = Omit<ConstructorParameters<typeof EventSession>[0], 'socket'>

async function admit({ request }: Upgrade, services: ConsoleServices): Promise<Admitted> {
  const url = urlOf(request)
  if (url.pathname !== '/events') throw refuse(404, 'Only /events is a WebSocket')
  const token = url.searchParams.get('token') ?? tokenOfRequest(request, services.url)
  const { address } = clientOf(request)
  const principal = await authenticate(token, { services, clientAddress: address })
  const namespace = parseNamespaceName(url.searchParams.get('namespace') ?? '')
  if (!namespace.ok) throw refuse(400, namespace.problem)
  if (!mayListenIn(principal, namespace.value)) {
    throw refuse(403, `You are not allowed to hear of namespace '${namespace.value}'`)
  }
  return {
    principal,
    token,
    namespace: namespace.value,
    recursive: url.searchParams.get('mode') === 'all',
    answersErrors: url.searchParams.has('enableErrors'),
    clientAddress: address,
  }
}

function refuseUpgrade(socket: Duplex, error: unknown): void {
  const refused = error instanceof RefusedRequest ? error : refuse(500, 'The Console failed to answer')
  const body = errorBody(refused.errors)
  socket.end(
    `HTTP/1.1 ${refused.status} ${STATUS_CODES[refused.status] ?? 'Error'}\r\n` +
      'Content-Type: application/json; charset=UTF-8\r\nConnection: close\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** Ends a connection that did not answer the last ping, and pings the others. */
function expectPong(socket: WebSocket & { isWaiting?: boolean }): void {
  if (socket.isWaiting === true) {
    socket.terminate()
    return
  }
  socket.isWaiting = true
  socket.once('pong', () => (socket.isWaiting = false))
  socket.ping()
}
