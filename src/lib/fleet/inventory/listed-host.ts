import type { RemoteHost } from '../fleet-host.ts'

/** A host and the line of the inventory it stands on. */
export interface ListedHost {
  readonly host: RemoteHost
  readonly line: number
}
