import { Flags } from '@oclif/core'
import { ApoctlError } from '../../errors/apoctl-error.ts'

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const pattern = /^(?:\[([0-9a-fA-F:]+)\]|([^\s:[\]]*)):(\d{1,5})$/

/** Reads `127.0.0.1:4443`, `[::1]:4443`, or `:4443` for every address. */
export function parseListenAddress(text: string): ListenAddress {
  const [, six, name, port] = pattern.exec(text) ?? []
  if (port === undefined || Number(port) > 65_535)
    throw new ApoctlError(['APO-INPUT-VALUE', `--listen "${text}" is not an address and a port`], {
      hints: ['Write it as 127.0.0.1:4443, or [::1]:4443.'],
    })
  const host = six ?? name ?? ''
  return { host: host === '' ? '0.0.0.0' : host, port: Number(port) }
}

/** A flag that takes an address to listen on. */
export const listenFlag = Flags.custom<ListenAddress>({
  helpValue: 'HOST:PORT',
  parse: (text) => Promise.resolve(parseListenAddress(text)),
})
