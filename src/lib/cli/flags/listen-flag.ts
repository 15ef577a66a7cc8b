import { isIPv6 } from 'node:net'
import { Flags } from '@oclif/core'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { consoleOrigin } from './console-origin.ts'

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const pattern = /^(?:\[([0-9a-fA-F:]+)\]|([^\s:[\]]*)):(\d{1,5})$/

/** Reads `127.0.0.1:4443`, `[::1]:4443`, or `:4443` for every address. */
export function parseListenAddress(text: string): ListenAddress {
  const [, six, name, port] = pattern.exec(text) ?? []
  const isBadSix = six !== undefined && !isIPv6(six)
  if (port === undefined || Number(port) > 65_535 || isBadSix)
    throw new ApoctlError(['APO-INPUT-VALUE', `--listen "${text}" is not an address and a port`], {
      hints: ['Write it as 127.0.0.1:4443, or [::1]:4443.'],
    })
  const host = six ?? name ?? ''
  return { host: host === '' ? '0.0.0.0' : host, port: Number(port) }
}

/** Checks a public address: https, and nothing behind the port. */
export function parsePublicUrl(text: string): string {
  const origin = consoleOrigin(text)
  if (origin !== undefined) return origin
  throw new ApoctlError(['APO-INPUT-VALUE', `--public-url "${text}" is not the address of a Console`], {
    hints: ['Write it as https://console.example.com:4443.'],
  })
}

/** A flag that takes the address by which clients reach a server. */
export const publicUrlFlag = Flags.custom({
  helpValue: 'URL',
  parse: (text) => Promise.resolve(parsePublicUrl(text)),
})

/** A flag that takes an address to listen on. */
export const listenFlag = Flags.custom<ListenAddress>({
  helpValue: 'HOST:PORT',
  parse: (text) => Promise.resolve(parseListenAddress(text)),
})
