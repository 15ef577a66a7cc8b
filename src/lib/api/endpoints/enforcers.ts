import type { CallOptions } from '../call.ts'
import type { ConsoleClient } from '../console-client.ts'
import { collectionOf, type Collection } from './collection.ts'

/** What the tool and the agent read and write of an enforcer. Source: section 3.1 of the contract. */
export interface EnforcerObject {
  readonly ID: string
  readonly name: string
  readonly namespace: string
  readonly FQDN: string
  readonly machineID: string
  readonly operationalStatus: 'Registered' | 'Connected' | 'Disconnected' | 'Initialized'
  readonly enforcementStatus: 'Inactive' | 'Active' | 'Failed'
  readonly currentVersion: string
  readonly startTime: string
  readonly lastSyncTime: string
  readonly createTime: string
  readonly unreachable: boolean
  readonly associatedTags: readonly string[] | null
  readonly metadata: readonly string[] | null
  readonly normalizedTags: readonly string[] | null
  readonly subnets: readonly string[] | null
  readonly logLevel: string
}

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

export interface Enforcers extends Collection<EnforcerObject> {
  poke(id: string, how: CallOptions & { readonly heartbeat: EnforcerHeartbeat }): Promise<void>
}

export function enforcers(console: ConsoleClient): Enforcers {
  return {
    ...collectionOf<EnforcerObject>('enforcers', console),
    async poke(id, { heartbeat, ...how }) {
      const { status, enforcementStatus, version, sessionId, sessionClose, timestamp } = heartbeat
      const query = { ts: timestamp, version, status, enforcementStatus, sessionID: sessionId, sessionClose }
      await console.call({ method: 'GET', path: ['enforcers', id, 'poke'], query }, how)
    },
  }
}
