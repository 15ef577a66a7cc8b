/** Where to log in, as people write it. */
export interface Destination {
  readonly user?: string
  readonly host: string
  readonly port?: number
}

const pattern =
  /^(?:ssh:\/\/)?(?:(\S+)@)?(?:\[([^\]\s]+)\]|([^@:/[\]\s]+)|([0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*))(?::(\d{1,5}))?\/?$/i

/**
 * Reads `user@name:port`, `[::1]:22`, a bare IPv6 address or an `ssh://` address.
 * Returns `undefined` when it is none of these.
 */
export function parseDestination(text: string): Destination | undefined {
  const [, user, bracketed, name, bareIpv6, digits] = pattern.exec(text) ?? []
  const host = bracketed ?? name ?? bareIpv6
  // A leading dash is an option to every program that might be handed the name.
  if (host === undefined || [host, user].some((word) => word?.startsWith('-'))) return undefined
  if (digits !== undefined && !isPort(Number(digits))) return undefined
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(digits === undefined ? {} : { port: Number(digits) }),
  }
}

export function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65_535
}
