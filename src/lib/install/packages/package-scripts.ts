import type { ErrorCode } from '../../errors/catalog.ts'

/** What scripts that use a package manager end with when it is not a command that failed. */
export const packageExit = { unreachable: 81, signature: 82, version: 83, locked: 84 } as const

export const packageFailures: Readonly<Record<number, ErrorCode>> = {
  [packageExit.unreachable]: 'APO-REPO-UNREACHABLE',
  [packageExit.signature]: 'APO-REPO-SIGNATURE',
  [packageExit.version]: 'APO-REPO-VERSION',
  [packageExit.locked]: 'APO-REPO-LOCKED',
}

/** How long others may use the package manager before we give up. */
export const lockWaitSeconds = 120

/** What is done with a package manager, one script each; see there for their arguments. */
export interface PackageScripts {
  readonly find: string
  readonly install: string
  readonly remove: string
  readonly restore: string
  readonly forget: string
}
