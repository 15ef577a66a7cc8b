import type { ProcessingUnit } from '../../../contract/entities/processing-unit.ts'
import type { CallOptions } from '../call.ts'
import type { ConsoleClient } from '../console-client.ts'
import { collectionOf, type Collection } from './collection.ts'

export type ProcessingUnitStatus = 'Initialized' | 'Paused' | 'Running' | 'Stopped'

/** The state of a unit as its enforcer sees it. Source: `GET /processingunits/:id/poke`, section 3.2. */
export interface ProcessingUnitHeartbeat {
  readonly status: ProcessingUnitStatus
  readonly enforcementStatus: 'Inactive' | 'Active' | 'Failed'
  /** RFC 3339, by the enforcer's clock. */
  readonly timestamp: string
}

export interface ProcessingUnits extends Collection<ProcessingUnit> {
  poke(id: string, how: CallOptions & { readonly heartbeat: ProcessingUnitHeartbeat }): Promise<void>
}

export function processingUnits(console: ConsoleClient): ProcessingUnits {
  return {
    ...collectionOf<ProcessingUnit>('processingunits', console),
    async poke(id, { heartbeat, ...how }) {
      const { status, enforcementStatus, timestamp } = heartbeat
      const query = { ts: timestamp, status, enforcementStatus }
      await console.call({ method: 'GET', path: ['processingunits', id, 'poke'], query }, how)
    },
  }
}
