import type { EntityDefinition, WireObject } from '../../../contract/entity/definition.ts'

/** All that one label should have made, checked as the Console will. */
export interface CheckedImport {
  readonly label: string
  readonly objects: readonly CheckedObject[]
}

export interface CheckedObject {
  readonly entity: EntityDefinition
  /** As it was written, and is sent. */
  readonly object: WireObject
  /** Where it stands: `policies.yaml:12`. */
  readonly where: string
}
