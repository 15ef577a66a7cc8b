/**
 * How much one client, and all together, may ask of a Console. 0 is no limit, where it counts something. A client
 * is whoever a token speaks for, and an address only where there is no token: a fleet may be behind one address.
 */
export interface TrafficLimits {
  /** Requests a second, in the long run, of one client. */
  readonly requestsPerSecond: number
  /** Requests a second without a token that is good, of one address or one client certificate. */
  readonly anonymousRequestsPerSecond: number
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
  /**
   * Requests of one client under way at once. What all have under way is bounded by their connections: a limit of its
   * own could be used up, by requests whose bodies never come, and then nobody would be served.
   */
  readonly maxRequestsAtOnce: number
  /** Of one token and not of one client: enforcers may share a credential, and each has a token of its own. */
  readonly maxEventSocketsPerToken: number
  /** Filters travel in the address and may be long. */
  readonly maxHeaderBytes: number
  /** How long address and headers of a request may take to come. */
  readonly headersTimeoutMs: number
  /** Silence after which a connection in the middle of a request or an answer is closed. */
  readonly idleTimeoutMs: number
}

/**
 * An enforcer keeps an event socket and a connection, and has a third one while it logs in. 2,000 of them behind one
 * address, even with one credential, and a person who lists everything there is, stay below all of it.
 */
export const usualTraffic: TrafficLimits = {
  requestsPerSecond: 1000,
  anonymousRequestsPerSecond: 500,
  maxConnections: 16_384,
  maxConnectionsPerAddress: 8192,
  maxRequestsAtOnce: 1024,
  maxEventSocketsPerToken: 64,
  maxHeaderBytes: 32_768,
  headersTimeoutMs: 15_000,
  idleTimeoutMs: 120_000,
}
