import { attributeOf, type EntityDefinition, type WireObject } from '../../contract/entity/definition.ts'
import { withInitialValues, withoutEmpty } from '../../contract/entity/zero-value.ts'
import { normalizedTags } from '../../contract/tags/normalized-tags.ts'
import type { ConsoleServices } from '../services.ts'
import type { StoredResource } from './resource.ts'

/** What of an object is kept: the attributes that the definition marks as stored. */
export function toStored(definition: EntityDefinition, object: WireObject): WireObject {
  const kept = Object.entries(object).filter(([name]) => attributeOf(definition, name)?.stored === true)
  return keepSystemTags(definition, Object.fromEntries(kept))
}

/** The object with its tags worked out again, after anything they are made of may have changed. */
export function keepSystemTags(definition: EntityDefinition, object: WireObject): WireObject {
  if (attributeOf(definition, 'normalizedTags') === undefined) return object
  return { ...object, normalizedTags: normalizedTags(definition, object) }
}

/** What of a stored object is shown: everything, with attributes it was stored without at their defaults. */
export function toShown(
  resource: StoredResource,
  shown: { readonly object: WireObject; readonly services: ConsoleServices; readonly single: boolean },
): WireObject {
  const { object, services, single } = shown
  const whole = withInitialValues(resource.definition, object)
  return withoutEmpty(resource.definition, resource.complete?.(whole, { services, single }) ?? whole)
}
