import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import { newObject } from '../../contract/entity/zero-value.ts'
import { withoutPlace } from './import-label.ts'
import { policies } from './policies.ts'

/** Version of the contract that exports are written in. */
export const apiVersion = 1

/** What exports and imports carry, in the order in which it is made. */
export const portable = policies.filter((resource) => resource.portable === true)

/** What people wrote: nothing that the Console adds, and nothing that is as it would be anyway. */
export function portablePart(definition: EntityDefinition, object: WireObject): WireObject {
  const initial = newObject(definition)
  const written = Object.entries({ ...object, metadata: withoutPlace(object['metadata']) }).filter(
    ([name, value]) =>
      definition.attributes[name]?.readOnly !== true &&
      JSON.stringify(value) !== JSON.stringify(initial[name]),
  )
  return Object.fromEntries(written)
}
