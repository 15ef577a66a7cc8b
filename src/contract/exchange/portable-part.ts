import { canonicalJson } from '../canonical-json.ts'
import type { EntityDefinition, WireObject } from '../entity/definition.ts'
import { newObject } from '../entity/zero-value.ts'
import { withoutPlace } from './import-label.ts'

/** Version of the contract that exports are written in. */
export const apiVersion = 1

/** What people wrote: nothing that the Console adds, and nothing that is as it would be anyway. */
export function portablePart(definition: EntityDefinition, object: WireObject): WireObject {
  const initial = newObject(definition)
  const written = Object.entries({ ...object, metadata: withoutPlace(object['metadata']) }).filter(
    ([name, value]) =>
      definition.attributes[name]?.readOnly !== true && canonicalJson(value) !== canonicalJson(initial[name]),
  )
  return Object.fromEntries(written)
}
