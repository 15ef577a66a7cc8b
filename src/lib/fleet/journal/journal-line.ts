import type { ErrorDocument } from '../../errors/apoctl-error.ts'
import type { ExitCode } from '../../errors/exit-code.ts'
import type { ProgressEvent } from '../../progress/progress-event.ts'

/** What became of one host by one action of a run; the last one of a host counts. */
export interface HostRecord {
  readonly host: string
  /** `install`, or what is looked at between waves. */
  readonly step: string
  readonly outcome: 'done' | 'unchanged' | 'failed'
  readonly durationMs: number
  /** Why it failed, where that was an error. */
  readonly error?: ErrorDocument | undefined
  /** Why it failed, where the host itself was in order: the checks that it did not pass. */
  readonly reason?: string | undefined
}

/** A line of the log. `time` is RFC 3339. */
export type JournalLine = { readonly time: string } & (
  ProgressEvent | ({ readonly type: 'host' } & HostRecord)
)

/** How a run ended that came to its end. */
export interface RunEnd {
  readonly endedAt: string
  readonly exitCode: ExitCode
  /** The report as it was printed. */
  readonly report: object
}
