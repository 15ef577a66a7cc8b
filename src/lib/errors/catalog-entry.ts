import type { ExitCode } from './exit-code.ts'

/** What `apoctl explain CODE` knows about an error, offline. */
export interface CatalogEntry {
  /** One line: what happened, without names of hosts or files. */
  readonly title: string
  /** Why it happens, in a sentence or two. */
  readonly cause: string
  /** What to do about it, most likely cure first. */
  readonly fix: readonly string[]
  readonly exitCode: ExitCode
}
