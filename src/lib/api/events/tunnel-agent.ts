import { Agent, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { openTunnel } from '../wire/tunnel.ts'
import type { Proxy } from '../wire/wire.ts'

type Callback = (error: Error | null, socket: Duplex) => void

/**
 * The way through a proxy for the WebSocket library, which knows Node's agents only. Own code, because
 * `https-proxy-agent` judges the certificate of a Console that is addressed by IP by the name of the proxy.
 */
export class TunnelAgent extends Agent {
  readonly #proxy: Proxy
  readonly #timeoutMs: number

  constructor(proxy: Proxy, { connectTimeoutMs }: { readonly connectTimeoutMs: number }) {
    super()
    this.#proxy = proxy
    this.#timeoutMs = connectTimeoutMs
  }

  // Node calls this for each new connection; returning nothing says that the callback will be called.
  override createConnection(target: RequestOptions, callback?: Callback): undefined {
    // Node's own type has a socket beside every error.
    const done = callback as (error: Error | null, socket?: Duplex) => void
    const by = { proxy: this.#proxy, timeoutMs: this.#timeoutMs }
    openTunnel(`${target.host ?? ''}:${target.port ?? ''}`, by).then(
      (socket) => done(null, connectTls({ ...(target as ConnectionOptions), socket })),
      done,
    )
  }
}
