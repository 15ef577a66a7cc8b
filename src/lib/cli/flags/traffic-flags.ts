import { Flags } from '@oclif/core'

const limit = (summary: string, usual: number) =>
  Flags.integer({
    summary: `${summary} 0: no limit.`,
    helpValue: 'N',
    helpGroup: 'LIMITS',
    default: usual,
    min: 0,
    max: 1_000_000,
  })

/**
 * What one client, and all together, may ask of a Console. The usual limits are those of the Console itself, which
 * says who counts as a client.
 */
export const trafficFlags = {
  'requests-per-second': limit(
    'Requests a second of one client, in the long run; ten times that may come at once.',
    1000,
  ),
  'anonymous-requests-per-second': limit(
    'Requests a second without a good token from one address, in the same way.',
    500,
  ),
  'max-requests-at-once': limit('Requests of one client under way at once.', 1024),
  'max-connections': limit('Open connections.', 16_384),
  'max-connections-per-address': limit('Open connections from one address, or one IPv6 /64.', 8192),
  'max-event-sockets': limit('Event sockets of one token.', 64),
} as const

export type TrafficFlags = Readonly<Record<keyof typeof trafficFlags, number>>

/** The same, by the names that the Console has for them. */
export function trafficOf(flags: TrafficFlags) {
  return {
    requestsPerSecond: flags['requests-per-second'],
    anonymousRequestsPerSecond: flags['anonymous-requests-per-second'],
    maxRequestsAtOnce: flags['max-requests-at-once'],
    maxConnections: flags['max-connections'],
    maxConnectionsPerAddress: flags['max-connections-per-address'],
    maxEventSocketsPerToken: flags['max-event-sockets'],
  }
}

/** The flags that say something else than usual, as words of a command line. */
export function trafficWords(flags: TrafficFlags): readonly string[] {
  return Object.entries(trafficFlags).flatMap(([name, flag]) => {
    const value = flags[name as keyof TrafficFlags]
    return value === flag.default ? [] : [`--${name}`, String(value)]
  })
}
