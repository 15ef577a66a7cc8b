import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { STATUS_CODES } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'
import { acceptHeader, errorBody } from '../http/send-answer.ts'
import { refuse, RefusedRequest } from '../refused-request.ts'
import { contentTypes } from '../wire/encoding.ts'
import type { ConsoleServices, ObjectEvent } from '../services.ts'
import { errorsAs } from '../http/negotiate.ts'
import { admitReader } from './admit-reader.ts'
import type { ConsoleWorld } from '../world.ts'
import { createEventMessage, type EventMessage } from './event-message.ts'
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

export function createEventHub({ clock }: Pick<ConsoleWorld, 'clock'>): EventHub {
  // Readers send small messages only; compression costs memory for each of them.
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: 65_536,
    perMessageDeflate: false,
    // The official subscriber sends msgpack too in messages that say they are text. What is to be UTF-8 is
    // checked when it is read.
    skipUTF8Validation: true,
  })
  const sessions = new Map<WebSocket, EventSession>()
  const beat = setInterval(() => server.clients.forEach(expectPong), pingEveryMs)
  beat.unref()
  const deliver = inTurns((message: EventMessage) => {
    for (const session of sessions.values()) session.offer(message)
    for (const session of sessions.values()) {
      if (session.isConcernedBy(message.event)) void session.recheck()
    }
  })
  return {
    publish: (event) => deliver(createEventMessage(event, new Date(clock.nowMs()))),
    upgrade: (connection, services) => {
      connection.socket.on('error', () => connection.socket.destroy())
      admitReader(connection.request, services).then(
        ({ gone, ...options }) => {
          const { request, socket, head } = connection
          if (socket.destroyed) gone()
          else socket.once('close', gone)
          server.handleUpgrade(request, socket, head, (webSocket) => {
            webSocket.on('error', () => webSocket.terminate())
            webSocket.on('close', () => sessions.delete(webSocket))
            sessions.set(webSocket, new EventSession({ ...options, socket: webSocket }, services))
          })
        },
        (error: unknown) => refuseUpgrade(connection, error),
      )
    },
    stop: () => {
      clearInterval(beat)
      for (const session of sessions.values()) session.stop()
    },
  }
}

function refuseUpgrade({ request, socket }: Upgrade, error: unknown): void {
  const refused = error instanceof RefusedRequest ? error : refuse(500, 'The Console failed to answer')
  const encoding = errorsAs(request.headers)
  const body = errorBody(refused.errors, encoding)
  const wait = refused.retryAfterSeconds === undefined ? '' : `Retry-After: ${refused.retryAfterSeconds}\r\n`
  socket.write(
    `HTTP/1.1 ${refused.status} ${STATUS_CODES[refused.status] ?? 'Error'}\r\n` +
      `Content-Type: ${contentTypes[encoding]}\r\nAccept: ${acceptHeader}\r\nX-Count-Total: 0\r\n` +
      `${wait}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n`,
  )
  socket.end(body)
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
