import type { Clock } from '../lib/async/clock.ts'

/** What the Console says about itself while it runs; one line each in a journal. Never a secret. */
export type ConsoleNote =
  | {
      readonly type: 'request-failed'
      readonly method: string
      readonly path: string
      /** Stands in the answer as well. */
      readonly trace: string
      /** What the client called the request. */
      readonly tracking: string | undefined
      readonly error: unknown
    }
  | { readonly type: 'reader-dropped'; readonly principal: string }
  | { readonly type: 'certificate-renewed'; readonly names: readonly string[] }
  | { readonly type: 'cloud-silent'; readonly realm: string; readonly why: string }
  /** Somebody asks for more than a client may. Said once a minute of each, however often it is refused. */
  | { readonly type: 'limit-reached'; readonly limit: string; readonly client: string }

/** What the Console needs from outside. */
export interface ConsoleWorld {
  readonly clock: Pick<Clock, 'nowMs'>
  note(note: ConsoleNote): void
}
