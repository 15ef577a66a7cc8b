import type { HostResult } from '../../fleet/fleet-report.ts'

/** A host of a run over a fleet, as every window shows it. */
export interface FleetRow {
  readonly host: string
  readonly wave: number | undefined
  /** `installed`, `failed`, `not attempted`. */
  readonly result: string
  readonly standing: 'good' | 'bad' | 'left alone'
  /** Why it failed or was left alone; what was done otherwise. */
  readonly detail: string
  /** Code of the error; empty without one. */
  readonly code: string
  readonly durationMs: number
}

/** What a reached host came to. */
export interface ReachedRow {
  readonly result: string
  readonly isBad: boolean
  readonly detail: string
}

export function fleetRows<Value>(
  hosts: readonly HostResult<Value>[],
  describe: (value: Value) => ReachedRow,
): FleetRow[] {
  return hosts.map((row) => {
    const { host, wave } = row
    switch (row.outcome) {
      case 'ok': {
        const { result, isBad, detail } = describe(row.value)
        return {
          ...{ host, wave, result, detail, code: '' },
          standing: isBad ? 'bad' : 'good',
          durationMs: row.durationMs,
        }
      }
      case 'failed': {
        const { message: detail, code } = row.error
        return {
          ...{ host, wave, detail, code },
          result: 'failed',
          standing: 'bad',
          durationMs: row.durationMs,
        }
      }
      case 'not-attempted':
        return {
          host,
          wave,
          result: 'not attempted',
          standing: 'left alone',
          detail: row.reason,
          code: '',
          durationMs: 0,
        }
    }
  })
}
