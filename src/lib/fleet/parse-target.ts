import { ApoctlError } from '../errors/apoctl-error.ts'
import { parseDestination } from '../transports/ssh/destination.ts'
import type { RemoteHost } from './fleet-host.ts'

/** Reads `user@name:port`, `[::1]:22`, an address, or an `ssh://` address; APO-INPUT-VALUE otherwise. */
export function parseTarget(text: string): RemoteHost {
  const host = targetOf(text)
  if (host !== undefined) return host
  throw new ApoctlError(['APO-INPUT-VALUE', `--host "${text}" is not a host`], { hints: [targetForm] })
}

export const targetForm = 'Write it as [user@]name[:port]; an IPv6 address with a port as [2001:db8::1]:22.'

/** As `parseTarget`, `undefined` when it is no target. */
export function targetOf(text: string): RemoteHost | undefined {
  const destination = parseDestination(text)
  if (destination === undefined) return undefined
  const { host, user, port } = destination
  return {
    type: 'ssh',
    name: port === undefined ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`,
    address: host,
    tags: [],
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
  }
}
