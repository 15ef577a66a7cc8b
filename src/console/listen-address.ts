import { isIPv6 } from 'node:net'
import { ApoctlError } from '../lib/errors/apoctl-error.ts'

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Reads `127.0.0.1:4443`, `[::1]:4443`, `console.example:4443` or `:4443` (everywhere). */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:\s[\]]*)):(\d{1,5})$/.exec(text)
  const [, inBrackets, plain = '', digits] = match ?? []
  const port = Number(digits)
  const badBrackets = inBrackets !== undefined && !isIPv6(inBrackets)
  if (match === null || badBrackets || port > 65_535) {
    throw new ApoctlError(['APO-INPUT-VALUE', `--listen ${text} is not ADDRESS:PORT`], {
      hints: [
        'For example --listen 127.0.0.1:4443, or --listen 0.0.0.0:4443 for every address of this machine.',
      ],
    })
  }
  const host = inBrackets ?? plain
  return { host: host === '' ? '0.0.0.0' : host, port }
}

/** Checks a public address: https, and nothing behind the port. */
export function checkPublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const plain = url?.protocol === 'https:' && url.pathname === '/' && url.search === '' && url.username === ''
  if (!plain)
    throw new ApoctlError([
      'APO-INPUT-VALUE',
      `--public-url ${text} is not an address like https://console.example:4443`,
    ])
  return url.origin
}
