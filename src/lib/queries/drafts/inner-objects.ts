import type { EntityDefinition, WireObject } from '../../../contract/entity/definition.ts'

/** An object that stands in an attribute of another one. */
export interface InnerObject {
  readonly entity: EntityDefinition
  /** As somebody wrote it: maybe no object at all. */
  readonly value: unknown
  /** The attribute of the outermost object that it stands in. */
  readonly attribute: string
  /** Where it stands there: `incomingRules[0]`. */
  readonly path: string
}

/** Every object inside of an object, however deep, in the order of the definitions. */
export function innerObjects(entity: EntityDefinition, object: WireObject): readonly InnerObject[] {
  return Object.entries(entity.attributes).flatMap(([name, attribute]) => {
    if (attribute.type !== 'ref' && attribute.type !== 'refList') return []
    const { of } = attribute
    const value = object[name]
    const found = Array.isArray(value)
      ? (value as unknown[]).map((item, at) => ({ value: item, path: `${name}[${at}]` }))
      : [{ value, path: name }]
    return found.flatMap((one) => [{ entity: of, attribute: name, ...one }, ...deeper(of, { ...one, name })])
  })
}

function deeper(
  entity: EntityDefinition,
  outer: { readonly value: unknown; readonly path: string; readonly name: string },
): readonly InnerObject[] {
  if (typeof outer.value !== 'object' || outer.value === null) return []
  return innerObjects(entity, outer.value as WireObject).map((inner) => ({
    ...inner,
    attribute: outer.name,
    path: `${outer.path}.${inner.path}`,
  }))
}
