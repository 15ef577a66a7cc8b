import type { TokenClaims } from '../auth/claims.ts'
import type { Call, ClientOfCall } from '../call.ts'
import { refuse } from '../refused-request.ts'
import type { ConsoleWorld } from '../world.ts'
import { createBuckets, type Buckets } from './buckets.ts'
import { clientOfToken, strangerOf } from './client-name.ts'
import { createLimitNotes, type ReachedLimit } from './limit-notes.ts'
import { createTally } from './tally.ts'
import type { TrafficLimits } from './traffic-limits.ts'

/** Keeps requests and readers within the limits, each client by itself; refuses with 429. */
export interface Traffic {
  /** Counts a request without a token that is good. */
  countStranger(client: ClientOfCall): void
  /** Counts a request of somebody. */
  countClient(claims: TokenClaims): void
  /** A request is under way. Call what it gives when it is over. */
  begin(call: Pick<Call, 'caller' | 'client'>): () => void
  /** A reader of events connects. Call what it gives when it is gone. */
  beginReading(claims: TokenClaims): () => void
}

const burstSeconds = 10
/** Nobody knows when a request or a reader ends. */
const retryAfterMs = { request: 1000, reader: 10_000 }

export function createTraffic(limits: TrafficLimits, world: ConsoleWorld): Traffic {
  const bucketsOf = (perSecond: number): Buckets =>
    createBuckets({ perSecond, burstSeconds, nowMs: () => world.clock.nowMs() })
  const ofClients = bucketsOf(limits.requestsPerSecond)
  const ofStrangers = bucketsOf(limits.anonymousRequestsPerSecond)
  const [requests, readers] = [createTally(), createTally()]
  const hold = holdWith(createLimitNotes(world))
  return {
    countStranger: (from) => {
      const client = strangerOf(from)
      const limit = `at most ${limits.anonymousRequestsPerSecond} requests a second without a good token`
      hold({ limit, client }, ofStrangers.take(client))
    },
    countClient: (claims) => {
      const client = clientOfToken(claims)
      const limit = `at most ${limits.requestsPerSecond} requests a second of one client`
      hold({ limit, client }, ofClients.take(client))
    },
    begin: ({ caller, client: from }) => {
      const client = caller === undefined ? strangerOf(from) : clientOfToken(caller.principal.claims)
      const most = limits.maxRequestsAtOnce
      const limit = `at most ${most} requests of one client at once`
      hold({ limit, client }, requests.hasRoom(client, most) ? 0 : retryAfterMs.request)
      return requests.add(client)
    },
    beginReading: (claims) => {
      const most = limits.maxEventSocketsPerToken
      const reached = { limit: `at most ${most} event sockets of one token`, client: clientOfToken(claims) }
      hold(reached, readers.hasRoom(claims.jti, most) ? 0 : retryAfterMs.reader)
      return readers.add(claims.jti)
    },
  }
}

/** Refuses who has to wait. */
function holdWith(note: (reached: ReachedLimit) => void): (reached: ReachedLimit, waitMs: number) => void {
  return (reached, waitMs) => {
    if (waitMs === 0) return
    note(reached)
    const retryAfterSeconds = Math.ceil(waitMs / 1000)
    const text = `Too much at once: ${reached.limit}; wait ${retryAfterSeconds} s`
    throw refuse(429, { text, retryAfterSeconds })
  }
}
