import { zeroTime, type AttributeDefinition, type EntityDefinition, type WireObject } from './definition.ts'

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

/** A fresh object with every attribute at its initial value; attributes omitted when empty are left out. */
export function newObject(definition: EntityDefinition): WireObject {
  const object: WireObject = {}
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (attribute.omitEmpty !== true) object[name] = initialValue(attribute)
  }
  return object
}
