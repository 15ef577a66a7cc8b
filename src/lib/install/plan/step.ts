import type { Readable } from 'node:stream'
import type { ErrorCode } from '../../errors/catalog.ts'

/** A change to a host: a POSIX script, its arguments ($1, $2, …), and what it reads. */
export interface HostChange {
  readonly script: string
  readonly args?: readonly string[]
  /** Opened anew for every attempt. */
  readonly stdin?: () => string | Buffer | Readable
  /** Where it writes and how much, so that a full or read-only file system can be told from other failures. */
  readonly writes?: { readonly path: string; readonly sizeBytes: number }
  /** How much has to come over the network for it, by whatever way: slow lines take long. */
  readonly bringsBytes?: number
  /** Exit codes that the script gives a meaning; its last words are the message. */
  readonly failures?: Readonly<Record<number, ErrorCode>>
}

/**
 * One step of a plan. `title` is what `--dry-run` prints; `change` does it; `undo` brings back what
 * was before, and must also work when the change stopped half way.
 */
export interface Step {
  readonly id: string
  readonly title: string
  readonly change: HostChange
  readonly undo: HostChange
}

/** What a step looks like in a report. */
export interface PlannedStep {
  readonly id: string
  readonly title: string
}
