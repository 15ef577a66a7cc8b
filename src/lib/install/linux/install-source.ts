import type { Readable } from 'node:stream'

/** What gets installed: one version of the enforcer, verified before anything is sent. */
export interface InstallSource {
  readonly version: string
  /** The manifest as signed; its text on a host says which build of the version is there. */
  readonly manifestText: string
  readonly layers: readonly InstallLayer[]
  readonly unit: string
  readonly modulesLoad: string
}

export interface InstallLayer {
  /** Also the folder it unpacks to. */
  readonly name: string
  readonly sha256: string
  readonly sizeBytes: number
  readonly open: () => Readable
}
