import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { isIPv6, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import type { ConsoleLimits, ConsoleOptions } from '../console-options.ts'
import type { EventHub } from '../events/event-hub.ts'
import { refuse } from '../refused-request.ts'
import type { ConsoleServices } from '../services.ts'
import { contentTypes } from '../wire/encoding.ts'
import { limitConnections } from '../traffic/limit-connections.ts'
import type { ConsoleWorld } from '../world.ts'
import { handleRequest } from './handle-request.ts'
import { acceptHeader, errorBody, sendErrors } from './send-answer.ts'

/**
 * node:https and no framework: the wire contract is three shapes of address, and every answer, also to what
 * the HTTP parser refuses, has to be an array of errors. A framework would bring its own answers to all of
 * that, and 60 packages.
 */
export interface HttpsServer {
  /** Where it listens, by address. */
  readonly url: string
  readonly port: number
  /** Begins to answer; until then every request is told to come back. */
  serve(services: ConsoleServices): void
  /** Lets open requests end, within limits, and closes every connection. */
  close(): Promise<void>
}

export interface HttpsServerOptions {
  readonly listen: ConsoleOptions['listen']
  readonly certificate: { readonly key: string; readonly cert: string }
  /** Client certificates are asked for, and believed when this authority signed them. */
  readonly caPem: string
  readonly limits: ConsoleLimits
  readonly world: ConsoleWorld
}

export async function startHttpsServer(options: HttpsServerOptions, hub: EventHub): Promise<HttpsServer> {
  const { traffic } = options.limits
  const server = createServer({
    ...options.certificate,
    ca: options.caPem,
    minVersion: 'TLSv1.2',
    requestCert: true,
    // Most clients come without one; who needs one says so where it matters.
    rejectUnauthorized: false,
    maxHeaderSize: traffic.maxHeaderBytes,
    // A request without one is refused in the form of all others.
    requireHostHeader: false,
    headersTimeout: traffic.headersTimeoutMs,
    connectionsCheckingInterval: traffic.headersTimeoutMs / 3,
    requestTimeout: 60_000,
    keepAliveTimeout: 65_000,
    handshakeTimeout: 15_000,
  })
  // Also of who does not read the answer.
  server.setTimeout(traffic.idleTimeoutMs)
  limitConnections(server, { limits: traffic, world: options.world })
  let services: ConsoleServices | undefined
  const upgraded = new Set<Duplex>()
  server.on('request', (request, response) => {
    if (services === undefined) sendErrors(response, refuse(503, 'The Console is starting').errors)
    else void handleRequest({ request, response }, services)
  })
  server.on('upgrade', (...[request, socket, head]: [IncomingMessage, Duplex, Buffer]) => {
    upgraded.add(socket)
    socket.on('close', () => upgraded.delete(socket))
    if (services === undefined) socket.destroy()
    else hub.upgrade({ request, socket, head }, services)
  })
  answerBrokenRequests(server)
  await listen(server, options.listen)
  return {
    url: urlOfServer(server, options.listen.host),
    port: (server.address() as AddressInfo).port,
    serve: (those) => (services = those),
    close: () => closeServer(server, { upgraded, drainMs: options.limits.drainMs }),
  }
}

async function listen(server: Server, { host, port }: ConsoleOptions['listen']): Promise<void> {
  server.listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new ApoctlError(['APO-CONSOLE-LISTEN', `The Console cannot listen on ${host}:${port}: ${why}`], {
      cause,
    })
  }
}

function urlOfServer(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `https://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`
}

const notHttp = [400, 'Bad Request', 'This is not HTTP'] as const
const brokenRequests: Readonly<Record<string, readonly [code: number, reason: string, text: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request took too long'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'Address and headers are too long'],
}

/** What the parser refuses is answered in the form that everything else is. */
function answerBrokenRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const [code, reason, text] = brokenRequests[error.code ?? ''] ?? notHttp
    const refused = refuse(code, { text, title: reason })
    // What the client would rather read is not known.
    const body = errorBody(refused.errors, 'json')
    socket.end(
      `HTTP/1.1 ${code} ${reason}\r\nContent-Type: ${contentTypes.json}\r\nAccept: ${acceptHeader}\r\n` +
        `Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body.toString('utf8')}`,
    )
  })
}

async function closeServer(
  server: Server,
  open: { readonly upgraded: ReadonlySet<Duplex>; readonly drainMs: number },
): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const force = setTimeout(() => {
    server.closeAllConnections()
    for (const socket of open.upgraded) socket.destroy()
  }, open.drainMs)
  await closed
  clearTimeout(force)
}
