import type { AttributeDefinition, EntityDefinition, ExternalShape, WireObject } from './definition.ts'
import { initialValue, newObject } from './zero-value.ts'
import { parsed, problem, type Parsed } from '../parsed.ts'

type Reader = (value: unknown) => unknown

/**
 * Takes from a value of JSON or msgpack what the definition knows, with the right types, and nothing else. Unknown
 * fields are ignored, as the vendor's Console does, so that a newer client can talk to an older Console.
 * Times, which msgpack brings as Dates, are rewritten to UTC with milliseconds, so that they sort as text.
 */
export function decodeSparse(definition: EntityDefinition, value: unknown): Parsed<WireObject> {
  if (!isRecord(value)) return problem(`the body must be an object that describes one ${definition.name}`)
  const object: WireObject = {}
  for (const [name, attribute] of Object.entries(definition.attributes)) {
    if (!Object.hasOwn(value, name)) continue
    const read = readAttribute(attribute, value[name])
    if (!read.ok) return problem(`attribute '${name}' ${read.problem}`)
    object[name] = read.value
  }
  return parsed(object)
}

/** As decodeSparse, over an object with all defaults: what was left out is at its default. */
export function decodeWhole(definition: EntityDefinition, value: unknown): Parsed<WireObject> {
  const sparse = decodeSparse(definition, value)
  return sparse.ok ? parsed({ ...newObject(definition), ...sparse.value }) : sparse
}

function readAttribute(attribute: AttributeDefinition, value: unknown): Parsed<unknown> {
  if (value === null || value === undefined) return parsed(initialValue(attribute))
  if (value instanceof Date && attribute.type === 'time') return readAttribute(attribute, value.toISOString())
  if (attribute.type === 'ref') return decodeWhole(attribute.of, value)
  if (attribute.type === 'refList') return readRefs(attribute.of, value)
  if (attribute.type === 'external')
    return orProblem(shapes[attribute.shape](value), shapeNames[attribute.shape])
  const [reader, expected] = scalars[attribute.type]
  return orProblem(reader(value), expected)
}

function readRefs(definition: EntityDefinition, value: unknown): Parsed<unknown> {
  if (!Array.isArray(value)) return problem('must be a list of objects')
  const list: WireObject[] = []
  for (const item of value as unknown[]) {
    const read = decodeWhole(definition, item)
    if (!read.ok) return read
    list.push(read.value)
  }
  return parsed(list)
}

function orProblem(value: unknown, expected: string): Parsed<unknown> {
  return value === undefined ? problem(`must be ${expected}`) : parsed(value)
}

const text: Reader = (value) => (typeof value === 'string' ? value : undefined)
const texts: Reader = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? [...value] : undefined

const object: Reader = (value) => (isRecord(value) ? untyped(value) : undefined)
const objects: Reader = (value) => listOf(value, object)
const truth: Reader = (value) => (typeof value === 'boolean' ? value : undefined)

type ScalarType = Exclude<AttributeDefinition['type'], 'ref' | 'refList' | 'external'>
const scalars: Readonly<Record<ScalarType, readonly [Reader, string]>> = {
  string: [text, 'a string'],
  enum: [text, 'a string'],
  boolean: [truth, 'true or false'],
  integer: [(value) => (Number.isSafeInteger(value) ? value : undefined), 'an integer'],
  float: [(value) => (typeof value === 'number' ? value : undefined), 'a number'],
  time: [(value) => (typeof value === 'string' ? normalTime(value) : undefined), 'an RFC 3339 time'],
  list: [texts, 'a list of strings'],
}

const shapes: Readonly<Record<ExternalShape, Reader>> = {
  string: text,
  stringMap: (value) => mapOf(value, text),
  stringListMap: (value) => mapOf(value, texts),
  jsonMap: (value) => mapOf(value, untyped),
  claims: (value) => mapOf(value, untyped),
  booleanMap: (value) => mapOf(value, truth),
  stringLists: (value) => listOf(value, texts),
  objectList: objects,
  objectMap: (value) => mapOf(value, object),
  objectListMap: (value) => mapOf(value, objects),
}

const shapeNames: Readonly<Record<ExternalShape, string>> = {
  string: 'a string',
  stringMap: 'an object of strings',
  stringListMap: 'an object of lists of strings',
  jsonMap: 'an object',
  claims: 'an object',
  booleanMap: 'an object of true and false',
  stringLists: 'a list of lists of strings',
  objectList: 'a list of objects',
  objectMap: 'an object of objects',
  objectListMap: 'an object of lists of objects',
}

function mapOf(value: unknown, reader: Reader): unknown {
  if (!isRecord(value)) return undefined
  const entries = Object.entries(value).map(([key, item]) => [key, reader(item)] as const)
  return entries.some(([, item]) => item === undefined) ? undefined : Object.fromEntries(entries)
}

function listOf(value: unknown, reader: Reader): unknown {
  if (!Array.isArray(value)) return undefined
  const list = value.map(reader)
  return list.includes(undefined) ? undefined : list
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i

/** The same moment in UTC with milliseconds; the zero time stays as Go writes it. */
export function normalTime(value: string): string | undefined {
  if (!rfc3339.test(value)) return undefined
  const date = new Date(value)
  if (Number.isNaN(date.getTime())) return undefined
  const iso = date.toISOString()
  return iso.startsWith('0001-01-01T00:00:00.000') ? iso.replace('.000', '') : iso
}

/** Where no definition says what a time is, it is text, as in JSON. */
function untyped(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(untyped)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, untyped(item)]))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
