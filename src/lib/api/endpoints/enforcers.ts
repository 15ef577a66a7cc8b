import type { Enforcer } from '../../../contract/entities/enforcer.ts'
import type { CallOptions } from '../call.ts'
import type { ConsoleClient } from '../console-client.ts'
import { collectionOf, type Collection } from './collection.ts'

/** A heartbeat. Source: `GET /enforcers/:id/poke`, section 3.2. */
export interface EnforcerHeartbeat {
  readonly status: 'Registered' | 'Connected' | 'Disconnected'
  readonly enforcementStatus: 'Inactive' | 'Active' | 'Failed'
  readonly version: string
  /** The same for as long as this process lives. */
  readonly sessionId: string
  /** The enforcer stops; it will not be missed. */
  readonly sessionClose?: boolean | undefined
  /** RFC 3339, by the enforcer's clock. */
  readonly timestamp: string
}

export interface Enforcers extends Collection<Enforcer> {
  poke(id: string, how: CallOptions & { readonly heartbeat: EnforcerHeartbeat }): Promise<void>
}

export function enforcers(console: ConsoleClient): Enforcers {
  return {
    ...collectionOf<Enforcer>('enforcers', console),
    async poke(id, { heartbeat, ...how }) {
      const { status, enforcementStatus, version, sessionId, sessionClose, timestamp } = heartbeat
      const query = { ts: timestamp, version, status, enforcementStatus, sessionID: sessionId, sessionClose }
      await console.call({ method: 'GET', path: ['enforcers', id, 'poke'], query }, how)
    },
  }
}
