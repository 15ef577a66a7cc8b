import { Flags } from '@oclif/core'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Delivery } from '../../install/linux/host-install.ts'

/**
 * Reads where hosts download from. https, but for a server on the host itself: what is downloaded is
 * believed by its digest, but who asks, for what, and with which token is nobody else's business.
 */
export function parseFromUrl(text: string): Delivery {
  if (text === 'console') return { type: 'console' }
  const url = URL.canParse(text) ? new URL(text) : undefined
  const problem = url === undefined ? 'is no address' : problemOf(url)
  if (url !== undefined && problem === undefined)
    return { type: 'mirror', url: `${url.origin}${url.pathname}`.replace(/\/+$/, '') }
  throw new ApoctlError(['APO-INPUT-VALUE', `--from-url "${text}" ${problem}`], {
    hints: ['Write it as https://mirror.example.com/enforcer, or as console.'],
  })
}

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

function problemOf(url: URL): string | undefined {
  const { protocol, hostname, username, password, search, hash } = url
  if (protocol === 'http:' && !loopback.test(hostname))
    return 'is not https: everybody on the way could see and change what hosts ask for and get'
  if (protocol !== 'https:' && protocol !== 'http:') return 'is not https'
  if (username !== '' || password !== '')
    return 'holds a login, which every process list on the hosts would show'
  return search === '' && hash === '' ? undefined : 'has something behind its path'
}

/** A flag whose text `parseFromUrl` reads; checked at once. */
export const fromUrlFlag = Flags.custom({
  helpValue: 'URL',
  parse: (text) => {
    parseFromUrl(text)
    return Promise.resolve(text)
  },
})
