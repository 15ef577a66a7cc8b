const name = 'x-aporeto-token'
/** Only over TLS, out of reach of scripts, and never sent along from another site. */
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict'

/** The header that gives a token to a browser. */
export function tokenCookie(token: string, seconds: number): string {
  return `${name}=${token}; Max-Age=${seconds}; ${attributes}`
}

/** The header that takes it away again. */
export const noTokenCookie = `${name}=; Max-Age=0; ${attributes}`

/** The token in the Cookie header of a request, if it is there. */
export function tokenInCookies(header: string | undefined): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim())
  const token = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
  return token === '' ? undefined : token
}
