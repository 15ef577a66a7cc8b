import { decode } from '@msgpack/msgpack'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import WebSocket from 'ws'
import { readAnswerBody } from './wire.ts'

/** A reader of events, with what arrived and was not looked at yet. */
export interface EventSocket {
  send(message: unknown): void
  /** Events since the last call; first waits until the Console has dealt with everything sent before. */
  heard(): Promise<readonly unknown[]>
  /** The code with which the Console closed it. */
  readonly closed: Promise<number>
  end(): void
}

export interface RefusedSocket {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: unknown
}

const deadlineMs = 60_000

export async function openEventSocket(
  address: string,
  { caPem, headers }: { readonly caPem: string; readonly headers: Readonly<Record<string, string>> },
): Promise<EventSocket | { readonly refused: RefusedSocket }> {
  const socket = new WebSocket(address, { ca: caPem, headers })
  let events: unknown[] = []
  socket.on('message', (data: Buffer, isBinary: boolean) => events.push(readEvent(data, isBinary)))
  socket.on('error', () => undefined)
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  const signal = AbortSignal.timeout(deadlineMs)
  const refused = once(socket, 'unexpected-response', { signal }).then(
    ([, response]) => readRefusal(response as IncomingMessage),
    () => undefined,
  )
  const opened = once(socket, 'open', { signal }).then(() => undefined)
  const refusal = await Promise.race([opened, refused])
  if (refusal !== undefined) {
    socket.terminate()
    return { refused: refusal }
  }
  const settle = async (): Promise<void> => {
    if (socket.readyState !== WebSocket.OPEN) return
    socket.ping()
    await Promise.race([once(socket, 'pong', { signal: AbortSignal.timeout(deadlineMs) }), closed])
  }
  // Only now does the Console know the reader for sure.
  await settle()
  return {
    send: (message) => {
      const isReady = typeof message === 'string' || message instanceof Uint8Array
      socket.send(isReady ? message : JSON.stringify(message))
    },
    heard: async () => {
      await settle()
      const fresh = events
      events = []
      return fresh
    },
    closed,
    end: () => socket.terminate(),
  }
}

/** In msgpack the entity is bytes, which are msgpack again. */
function readEvent(data: Buffer, isBinary: boolean): unknown {
  if (!isBinary) return JSON.parse(data.toString('utf8')) as unknown
  const event = decode(data) as Record<string, unknown>
  const { entity } = event
  return { ...event, entity: entity instanceof Uint8Array ? decode(entity) : 'no bytes' }
}

async function readRefusal(response: IncomingMessage): Promise<RefusedSocket> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers as Record<string, string | undefined>,
    body: readAnswerBody(Buffer.concat(chunks), response.headers['content-type']),
  }
}
