import type { HostFacts } from '../host/host-facts.ts'

/** The objects that stand for this enforcer in the Console. */
export interface OwnObjects {
  readonly enforcerId: string
  /** Undefined when host mode is off. */
  readonly hostUnitId: string | undefined
}

export interface OwnObjectsOptions {
  readonly namespace: string
  readonly stateFolder: string
  readonly facts: HostFacts
  readonly tags: readonly string[]
  readonly hostMode: boolean
  readonly version: string
  /** When this process started, RFC 3339. */
  readonly startTime: string
}
