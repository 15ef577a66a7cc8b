import {
  attributeOf,
  isZero,
  zeroTime,
  type AttributeDefinition,
  type EntityDefinition,
  type WireObject,
} from './definition.ts'

const emptyOf = {
  string: () => '',
  enum: () => '',
  boolean: () => false,
  integer: () => 0,
  float: () => 0,
  time: () => zeroTime,
  list: () => [],
  refList: () => [],
  ref: () => null,
} as const

/** What an attribute is when nobody said anything about it: its default, or the empty value of its type. */
export function initialValue(attribute: AttributeDefinition): unknown {
  if ('default' in attribute) return attribute.default
  if (attribute.type !== 'external') return emptyOf[attribute.type]()
  if (attribute.shape === 'string') return ''
  return attribute.shape === 'stringLists' || attribute.shape === 'objectList' ? [] : {}
}

/** A fresh object with every attribute at its initial value, save those that are left out when empty. */
export function newObject(definition: EntityDefinition): WireObject {
  return Object.fromEntries(initialValues(definition).map(([name, initial]) => [name, initial()]))
}

/** An object as answers carry it: attributes that are omitted when empty, and are, left out. */
export function withoutEmpty(definition: EntityDefinition, object: WireObject): WireObject {
  const hidden = Object.entries(object).filter(
    ([name, value]) => isZero(value) && attributeOf(definition, name)?.omitEmpty === true,
  )
  if (hidden.length === 0) return object
  const names = new Set(hidden.map(([name]) => name))
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.has(name)))
}

type Initial = readonly [name: string, initial: () => unknown]
const known = new WeakMap<EntityDefinition, readonly Initial[]>()

/** Worked out once for each definition: lists ask for every object. */
function initialValues(definition: EntityDefinition): readonly Initial[] {
  const former = known.get(definition)
  if (former !== undefined) return former
  const values = Object.entries(definition.attributes)
    .filter(([, attribute]) => attribute.omitEmpty !== true || !isZero(initialValue(attribute)))
    .map(([name, attribute]): Initial => [name, () => initialValue(attribute)])
  known.set(definition, values)
  return values
}
