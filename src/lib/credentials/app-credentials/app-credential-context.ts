import type { ConsoleClient } from '../../api/console-client.ts'

/** Where app credentials are looked after: a Console, and a namespace of it. */
export interface AppCredentialContext {
  readonly console: ConsoleClient
  readonly namespace: string
  readonly signal: AbortSignal
}
