import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import { RefusedByProxy } from './refused-by-proxy.ts'
import type { Proxy } from './wire.ts'

/**
 * Asks an HTTP proxy (CONNECT) for a way to `authority`, host:port. What comes back is a plain connection to
 * there: TLS on it is between us and the Console, and the proxy sees where we go and nothing else. Rejects
 * with RefusedByProxy, ETIMEDOUT or what the network says.
 */
export function openTunnel(
  authority: string,
  by: { readonly proxy: Proxy; readonly timeoutMs: number },
): Promise<Socket> {
  const { origin, authorization } = by.proxy
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
  request.setTimeout(by.timeoutMs, () => request.destroy(late))
  return new Promise((resolve, reject) => {
    request.once('connect', (answer, socket) => {
      socket.setTimeout(0)
      if (answer.statusCode === 200) {
        resolve(socket)
        return
      }
      socket.destroy()
      reject(new RefusedByProxy(answer.statusCode ?? 0))
    })
    request.once('response', (answer) => {
      answer.destroy()
      reject(new RefusedByProxy(answer.statusCode ?? 0))
    })
    request.once('error', reject)
    request.end()
  })
}
