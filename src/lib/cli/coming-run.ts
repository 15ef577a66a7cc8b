import type { FleetHost } from '../fleet/fleet-host.ts'
import type { RunFlags } from './flags/rollout-flags.ts'

/** What is to be done to which hosts. */
export interface ComingRun {
  /** `enforcer install linux`, and the flags it has, as words. */
  readonly command: string
  readonly words: readonly string[]
  /** What hosts are counted by. */
  readonly step: string
  /** Completes "… web[1-3]?". */
  readonly verb: string
  readonly flags: RunFlags & {
    readonly 'dry-run': boolean
    readonly confirm: boolean
    readonly token?: string | undefined
  }
  /** All that are listed. */
  readonly hosts: readonly FleetHost[]
  /** Undefined where the Console is left alone. */
  readonly console: { readonly api: string; readonly namespace: string } | undefined
}
