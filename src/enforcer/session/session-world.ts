import type { ConsoleClient } from '../../lib/api/console-client.ts'
import type { Clock } from '../../lib/async/clock.ts'
import type { Backoff } from '../../lib/async/retry.ts'
import type { Log } from '../log/log.ts'
import type { Liveness } from '../notify/liveness.ts'

/** What everything in a session leans on. */
export interface SessionWorld {
  readonly clock: Clock
  readonly random: () => number
  readonly signal: AbortSignal
  readonly log: Log
  readonly liveness: Liveness
  /** Between attempts to reach the Console. */
  readonly backoff: Backoff
  /** One line for `systemctl status`. */
  readonly status: (text: string) => void
}

/** The same, once there is a connection. */
export type SessionTools = SessionWorld & { readonly console: ConsoleClient }
