import type { IncomingMessage } from 'node:http'
import { bearerToken } from '../auth/authenticate.ts'
import { tokenInCookies } from '../auth/token-cookie.ts'
import { refuse } from '../refused-request.ts'

/**
 * The token a request carries: in the header Authorization, or in the cookie that `asCookie` set. A browser
 * sends a cookie whoever makes it ask, so with one the page must be the Console's own. The header X-Namespace
 * that nearly every request needs is a second bar: no form can set it, and no script of another site either.
 */
export function tokenOfRequest(request: IncomingMessage, consoleUrl: string): string {
  const token = tokenInCookies(request.headers.cookie)
  if (request.headers.authorization !== undefined || token === undefined) {
    return bearerToken(request.headers.authorization)
  }
  checkSameOrigin(request, consoleUrl)
  return token
}

export function checkSameOrigin({ headers }: IncomingMessage, consoleUrl: string): void {
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  const own =
    origin === undefined || origin === new URL(consoleUrl).origin || origin === `https://${host ?? ''}`
  const foreign = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (!own || foreign) throw refuse(403, 'A cookie is only good for pages of the Console itself')
}
