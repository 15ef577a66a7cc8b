import { zeroTime, type AttributeDefinition, type EntityDefinition, type WireObject } from './definition.ts'

/** What an attribute is when nobody said anything about it: its default, or the empty value of its type. */
export function initialValue(attribute: AttributeDefinition): unknown {
  if ('default' in attribute && attribute.default !== undefined) return attribute.default
  switch (attribute.type) {
    case 'string':
    case 'enum':
      return ''
    case 'boolean':
      return false
    case 'integer':
    case 'float':
      return 0
    case 'time':
      return zeroTime
    case 'list':
    case 'refList':
      return []
    case 'ref':
      return null
    case 'external':
      return attribute.shape === 'string' ? '' : attribute.shape === 'stringLists' ? [] : {}
    default:
      attribute satisfies never
      return undefined
  }
}

/** A fresh object with every attribute at its initial value; attributes omitted when empty are left out. */
export function newObject(definition: EntityDefinition): WireObject {
  const object: WireObject = {}
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (attribute.omitEmpty !== true) object[name] = initialValue(attribute)
  }
  return object
}
