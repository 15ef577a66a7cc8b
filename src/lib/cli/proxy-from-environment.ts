import type { Proxy } from '../api/wire/wire.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { Secret } from '../secrets/secret.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy on the way to an https address, as the environment has it: `https_proxy` or `HTTPS_PROXY`,
 * unless `no_proxy` or `NO_PROXY` leaves the address out. The lower-case spelling wins, as with curl.
 * Throws APO-INPUT-VALUE when it is not the address of an HTTP proxy.
 */
export function proxyFromEnvironment(target: string, env: Environment): Proxy | undefined {
  const text = env['https_proxy'] ?? env['HTTPS_PROXY'] ?? ''
  if (text === '' || isLeftOut(new URL(target), env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined
  return parseProxy(text)
}

function parseProxy(text: string): Proxy {
  const url = URL.canParse(text) ? new URL(text) : undefined
  // The text itself may hold a password.
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new ApoctlError(['APO-INPUT-VALUE', 'HTTPS_PROXY is not the address of an HTTP proxy'], {
      hints: ['Write it as http://proxy.example.com:3128, or leave it out.'],
    })
  const who = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  const authorization = who === ':' ? undefined : new Secret(Buffer.from(who).toString('base64'))
  return { origin: url.origin, authorization }
}

/** `*`, or names and addresses with commas or spaces between: `.example.com` and `*.example.com` are all below. */
function isLeftOut(target: URL, list: string): boolean {
  const port = target.port === '' ? '443' : target.port
  const host = target.hostname.toLowerCase()
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const [, name = '', itsPort = port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? []
      if (itsPort !== port) return false
      return /^[.*]/.test(name) ? host.endsWith(name.replace(/^\*/, '')) : host === name
    })
}
