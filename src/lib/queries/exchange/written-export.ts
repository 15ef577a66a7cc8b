import type { EntityDefinition } from '../../../contract/entity/definition.ts'
import type { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Draft } from '../drafts/draft.ts'

/** An export as somebody wrote it, or as `api export` printed it, before its objects are checked. */
export interface WrittenExport {
  /** Empty when it has none. */
  readonly label: string
  /** Where it stands: `policies.yaml:1`. */
  readonly where: string
  readonly kinds: readonly WrittenKind[]
}

export interface WrittenKind {
  readonly entity: EntityDefinition
  /** In the order of the file; an error for what is no object. */
  readonly items: readonly (Draft | ApoctlError)[]
}
