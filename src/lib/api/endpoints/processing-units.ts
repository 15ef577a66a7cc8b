import type { CallOptions } from '../call.ts'
import type { ConsoleClient } from '../console-client.ts'
import { collectionOf, type Collection } from './collection.ts'

export type ProcessingUnitStatus = 'Initialized' | 'Paused' | 'Running' | 'Stopped'

/** What the tool and the agent read and write of a processing unit. Source: section 3.5 of the contract. */
export interface ProcessingUnitObject {
  readonly ID: string
  readonly name: string
  readonly namespace: string
  readonly type: string
  readonly enforcerID: string
  readonly enforcerNamespace: string
  readonly nativeContextID: string
  readonly operationalStatus: ProcessingUnitStatus | 'Terminated'
  readonly enforcementStatus: 'Inactive' | 'Active' | 'Failed'
  readonly associatedTags: readonly string[] | null
  readonly metadata: readonly string[] | null
  readonly normalizedTags: readonly string[] | null
  readonly lastSyncTime: string
  readonly createTime: string
}

/** The state of a unit as its enforcer sees it. Source: `GET /processingunits/:id/poke`, section 3.2. */
export interface ProcessingUnitHeartbeat {
  readonly status: ProcessingUnitStatus
  readonly enforcementStatus: 'Inactive' | 'Active' | 'Failed'
  /** RFC 3339, by the enforcer's clock. */
  readonly timestamp: string
}

export interface ProcessingUnits extends Collection<ProcessingUnitObject> {
  poke(id: string, how: CallOptions & { readonly heartbeat: ProcessingUnitHeartbeat }): Promise<void>
}

export function processingUnits(console: ConsoleClient): ProcessingUnits {
  return {
    ...collectionOf<ProcessingUnitObject>('processingunits', console),
    async poke(id, { heartbeat, ...how }) {
      const { status, enforcementStatus, timestamp } = heartbeat
      const query = { ts: timestamp, status, enforcementStatus }
      await console.call({ method: 'GET', path: ['processingunits', id, 'poke'], query }, how)
    },
  }
}
