import type { WireObject } from '../../../contract/entity/definition.ts'

/** An object as a person wrote it, before it is checked. */
export interface Draft {
  readonly object: WireObject
  /** Where it stands, or one of its attributes: `hosts.yaml:12`, `--data`. */
  readonly where: (attribute?: string) => string
}
