import type { AttributeDefinition } from '../../contract/entity/definition.ts'

/** What an attribute takes, in a few words: `text of at most 256 characters`, `one of Allow, Reject`. */
export function attributeForm(attribute: AttributeDefinition): string {
  switch (attribute.type) {
    case 'string':
      return attribute.maxLength === undefined ? 'text' : `text of at most ${attribute.maxLength} characters`
    case 'integer':
    case 'float':
      return numberForm(attribute)
    case 'enum':
      return `one of ${attribute.choices.join(', ')}`
    case 'external':
      return externalForms[attribute.shape]
    case 'ref':
    case 'refList':
      return `${attribute.type === 'ref' ? 'object' : 'list of objects'} (${attribute.of.name})`
    default:
      return plainForms[attribute.type]
  }
}

const plainForms = {
  boolean: 'true or false',
  time: 'time, as 2021-11-03T14:00:00Z',
  list: 'list of texts',
} as const

function numberForm(attribute: AttributeDefinition & { readonly type: 'integer' | 'float' }): string {
  const { type, min, max } = attribute
  const kind = type === 'integer' ? 'whole number' : 'number'
  const limits = [min === undefined ? '' : `from ${min}`, max === undefined ? '' : `to ${max}`]
  return [kind, ...limits].filter((part) => part !== '').join(' ')
}

const externalForms = {
  string: 'text',
  stringMap: 'object of texts',
  stringListMap: 'object of lists of texts',
  jsonMap: 'object',
  claims: 'object',
  objectList: 'list of objects',
  objectMap: 'object of objects',
  objectListMap: 'object of lists of objects',
  booleanMap: 'object of true or false',
  stringLists: 'list of lists of texts: outer or, inner and',
} as const
