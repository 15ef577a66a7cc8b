import type { ErrorDocument } from '../../errors/apoctl-error.ts'
import type { FailureGroup } from '../fleet-report.ts'
import type { ExitCode } from '../../errors/exit-code.ts'

/** `interrupted`: its process is gone and it did not come to its end. */
export type RunState = 'running' | 'finished' | 'interrupted'

/** A run as its journal tells it. */
export interface RunRecord extends RunSummary {
  readonly workingDir: string
  readonly apoctlVersion: string
  /** As words of a command line. */
  readonly words: readonly string[]
  readonly step: string
  readonly hosts: readonly RunHost[]
  /** The hosts that failed by an error, by cause; the largest group first. */
  readonly failures: readonly FailureGroup[]
}

/** The same in one row. Times are RFC 3339. */
export interface RunSummary {
  readonly id: string
  readonly state: RunState
  readonly command: string
  readonly startedAt: string
  readonly endedAt?: string | undefined
  readonly exitCode?: ExitCode | undefined
  /** `ann@laptop`. */
  readonly operator: string
  readonly console?: string | undefined
  readonly namespace?: string | undefined
  readonly continues?: string | undefined
  readonly counts: Readonly<Record<RunHostState, number>>
}

/** Where the journal of a run is. */
export interface RunReference {
  readonly id: string
  readonly folder: string
}

/** `begun`: cut off in the middle, or still worked on. */
export type RunHostState = 'done' | 'unchanged' | 'failed' | 'begun' | 'pending'

/** What became of a host. */
export interface RunHost {
  readonly host: string
  readonly state: RunHostState
  readonly durationMs?: number | undefined
  readonly error?: ErrorDocument | undefined
  readonly reason?: string | undefined
  readonly steps: readonly RunStep[]
}

/** A step on a host, in the order of time. `begun` has no end in the journal. */
export interface RunStep {
  readonly time: string
  readonly step: string
  readonly outcome: 'begun' | 'done' | 'unchanged' | 'failed' | 'skipped'
}
