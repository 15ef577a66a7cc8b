import type { ExitCode } from '../../errors/exit-code.ts'

/** What imports did to a namespace, or would do: one for each label. */
export interface ImportReport {
  readonly namespace: string
  /** True when nothing was sent. */
  readonly dryRun: boolean
  readonly imports: readonly LabelImport[]
  readonly exitCode: ExitCode
}

export interface LabelImport {
  readonly label: string
  /** Remove takes away what the label made; the others make true what the file says. */
  readonly mode: 'Import' | 'ReplacePartial' | 'Remove'
  readonly outcome: 'planned' | 'done' | 'failed'
  /** Why it failed. It is one step on the Console: nothing of it happened. */
  readonly problem?: string
  /** False when the Console does not show what the label made before; then `objects` is empty. */
  readonly compared: boolean
  readonly counts: ImportCounts
  readonly objects: readonly ImportedObject[]
}

export interface ImportCounts {
  readonly created: number
  readonly changed: number
  readonly deleted: number
  readonly unchanged: number
}

/** One object, and what becomes of it. */
export interface ImportedObject {
  /** Plural name on the wire: `externalnetworks`. */
  readonly resource: string
  readonly name: string
  readonly change: 'created' | 'changed' | 'deleted' | 'unchanged'
  /** Where in the file it stands: `policies.yaml:12`. */
  readonly where?: string
  /** It is protected, and goes only with `--override`. */
  readonly protected?: true
  /** Of what is created, all that is not at its default; of what is changed, what changes. */
  readonly attributes: readonly AttributeChange[]
}

export interface AttributeChange {
  readonly name: string
  /** Absent when the object is new. */
  readonly from?: unknown
  readonly to: unknown
}
