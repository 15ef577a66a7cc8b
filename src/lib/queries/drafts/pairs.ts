import type {
  AttributeDefinition,
  EntityDefinition,
  WireObject,
} from '../../../contract/entity/definition.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { attributeForm } from '../attribute-form.ts'
import { checkAttributes } from '../resource.ts'
import type { Draft } from './draft.ts'

/** One `-k name value`. */
export interface Pair {
  readonly name: string
  readonly text: string
}

/**
 * Makes an object of names and texts, each text read as the type of its attribute. A list takes one text
 * after the other, or all of them as JSON. Throws APO-INPUT-VALUE.
 */
export function draftOfPairs(entity: EntityDefinition, pairs: readonly Pair[]): Draft {
  checkAttributes(
    entity,
    pairs.map(({ name }) => name),
  )
  const object: WireObject = {}
  for (const pair of pairs) {
    const attribute = entity.attributes[pair.name]
    if (attribute === undefined) continue
    const before = object[pair.name]
    if (before !== undefined && attribute.type !== 'list')
      throw wrongPair(pair, 'it is given twice, and takes one value')
    const value = typedValue(attribute, pair)
    object[pair.name] =
      Array.isArray(before) && Array.isArray(value)
        ? [...(before as unknown[]), ...(value as unknown[])]
        : value
  }
  return { object, where: (name) => (name === undefined ? '-k' : `-k ${name}`) }
}

function typedValue(attribute: AttributeDefinition, pair: Pair): unknown {
  switch (attribute.type) {
    case 'boolean':
      return booleanOf(pair)
    case 'integer':
    case 'float':
      return numberOf(pair)
    case 'list':
      return pair.text.startsWith('[') ? jsonOf(pair, attributeForm(attribute)) : [pair.text]
    default:
      return isText(attribute) ? pair.text : jsonOf(pair, attributeForm(attribute))
  }
}

function isText(attribute: AttributeDefinition): boolean {
  if (attribute.type === 'external') return attribute.shape === 'string'
  return attribute.type === 'string' || attribute.type === 'enum' || attribute.type === 'time'
}

function booleanOf(pair: Pair): boolean {
  if (pair.text === 'true' || pair.text === 'false') return pair.text === 'true'
  throw wrongPair(pair, 'it takes true or false')
}

function numberOf(pair: Pair): number {
  const value = Number(pair.text)
  if (pair.text.trim() !== '' && Number.isFinite(value)) return value
  throw wrongPair(pair, 'it takes a number')
}

function jsonOf(pair: Pair, form: string): unknown {
  try {
    return JSON.parse(pair.text)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it does not parse'
    throw wrongPair(pair, `it takes JSON: ${form} (${why})`)
  }
}

function wrongPair({ name, text }: Pair, what: string): ApoctlError {
  return new ApoctlError(['APO-INPUT-VALUE', `-k ${name} ${JSON.stringify(text)}: ${what}`])
}
