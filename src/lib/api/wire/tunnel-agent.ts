import { request as httpRequest, type ClientRequest } from 'node:http'
import { Agent, request as httpsRequest, type AgentOptions, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { RefusedByProxy } from './refused-by-proxy.ts'
import type { Proxy } from './wire.ts'

type Callback = (error: Error | null, socket: Duplex) => void

export interface TunnelOptions extends AgentOptions {
  readonly connectTimeoutMs: number
}

/**
 * Connections to a Console through an HTTP proxy (CONNECT): TLS is between us and the Console, with its
 * name and its certificate; the proxy sees where we go and nothing else. Own code, because
 * `https-proxy-agent` judges the certificate of a Console that is addressed by IP by the name of the proxy.
 */
export class TunnelAgent extends Agent {
  readonly #proxy: Proxy
  readonly #connectTimeoutMs: number

  constructor(proxy: Proxy, { connectTimeoutMs, ...options }: TunnelOptions) {
    super(options)
    this.#proxy = proxy
    this.#connectTimeoutMs = connectTimeoutMs
  }

  // Node calls this for each new connection; returning nothing says that the callback will be called.
  override createConnection(target: RequestOptions, callback?: Callback): undefined {
    // Node's own type has a socket beside every error.
    const done = callback as (error: Error | null, socket?: Duplex) => void
    const request = this.#askForTunnel(`${target.host ?? ''}:${target.port ?? ''}`)
    request.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) done(null, connectTls({ ...(target as ConnectionOptions), socket }))
      else {
        socket.destroy()
        done(new RefusedByProxy(answer.statusCode ?? 0))
      }
    })
    request.once('response', (answer) => {
      answer.destroy()
      done(new RefusedByProxy(answer.statusCode ?? 0))
    })
    request.once('error', done)
    request.end()
  }

  #askForTunnel(authority: string): ClientRequest {
    const { origin, authorization } = this.#proxy
    const { protocol, hostname, port } = new URL(origin)
    const request = (protocol === 'https:' ? httpsRequest : httpRequest)({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? undefined : port,
      method: 'CONNECT',
      path: authority,
      agent: false,
      headers: {
        host: authority,
        ...(authorization && { 'proxy-authorization': `Basic ${authorization.reveal()}` }),
      },
    })
    const late = Object.assign(new Error('the proxy does not answer'), { code: 'ETIMEDOUT' })
    request.setTimeout(this.#connectTimeoutMs, () => request.destroy(late))
    request.once('connect', (_answer, socket) => socket.setTimeout(0))
    return request
  }
}
