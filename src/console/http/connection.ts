import type { IncomingMessage } from 'node:http'
import { plainAddress } from '../auth/networks.ts'
import type { ClientOfCall } from '../call.ts'
import { refuse } from '../refused-request.ts'

/**
 * Where a request comes from: the peer of the socket. Headers that claim another address are not believed,
 * or anybody could step into the networks a credential is restricted to.
 */
export function clientOf(request: Pick<IncomingMessage, 'socket'>): ClientOfCall {
  const socket: PeerSocket = request.socket
  const address = plainAddress(socket.remoteAddress ?? '0.0.0.0')
  const raw = socket.authorized === true ? socket.getPeerCertificate?.().raw : undefined
  return raw === undefined ? { address } : { address, certificate: raw }
}

/** What a TLS socket tells beyond any other. */
interface PeerSocket {
  readonly remoteAddress?: string | undefined
  readonly authorized?: boolean
  getPeerCertificate?(): { readonly raw?: Buffer }
}

export function urlOf(request: Pick<IncomingMessage, 'url'>): URL {
  const text = request.url ?? '/'
  if (text.startsWith('/') && URL.canParse(text, 'https://console')) {
    const url = new URL(text, 'https://console')
    // `//other/path` would be another host.
    if (url.host === 'console') return url
  }
  throw refuse(400, 'Invalid url')
}
