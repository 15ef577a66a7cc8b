import type { EntityDefinition, WireObject } from '../../../contract/entity/definition.ts'

/** An object that stands in an attribute of another one. */
export interface InnerObject {
  readonly entity: EntityDefinition
  readonly value: WireObject
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
    return found.flatMap(({ value: one, path }) =>
      isObject(one)
        ? [{ entity: of, attribute: name, value: one, path }, ...deeper(of, { value: one, path, name })]
        : [],
    )
  })
}

function deeper(
  entity: EntityDefinition,
  outer: { readonly value: WireObject; readonly path: string; readonly name: string },
): readonly InnerObject[] {
  return innerObjects(entity, outer.value).map((inner) => ({
    ...inner,
    attribute: outer.name,
    path: `${outer.path}.${inner.path}`,
  }))
}

function isObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
