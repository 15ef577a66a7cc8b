import {
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

/** A stored object with the attributes it was stored without at their initial values. Not to be written to. */
export function withInitialValues(definition: EntityDefinition, object: WireObject): WireObject {
  const former = knownDefaults.get(definition) ?? freeze(newObject(definition))
  knownDefaults.set(definition, former)
  return { ...former, ...object }
}

const knownDefaults = new WeakMap<EntityDefinition, WireObject>()

/** The same empty lists and maps are in all objects that are shown. */
function freeze(object: WireObject): WireObject {
  for (const value of Object.values(object)) Object.freeze(value)
  return object
}

const knownOmitted = new WeakMap<EntityDefinition, readonly string[]>()

/** An object as answers carry it: attributes that are omitted when empty, and are, left out. */
export function withoutEmpty(definition: EntityDefinition, object: WireObject): WireObject {
  const omitted = knownOmitted.get(definition) ?? omittedWhenEmpty(definition)
  knownOmitted.set(definition, omitted)
  const hidden = omitted.filter((name) => Object.hasOwn(object, name) && isZero(object[name]))
  if (hidden.length === 0) return object
  return Object.fromEntries(Object.entries(object).filter(([name]) => !hidden.includes(name)))
}

function omittedWhenEmpty({ attributes }: EntityDefinition): readonly string[] {
  return Object.entries(attributes)
    .filter(([, attribute]) => attribute.omitEmpty === true)
    .map(([name]) => name)
}

type Initial = readonly [name: string, initial: () => unknown]
const known = new WeakMap<EntityDefinition, readonly Initial[]>()

/** Worked out once for each definition. */
function initialValues(definition: EntityDefinition): readonly Initial[] {
  const former = known.get(definition)
  if (former !== undefined) return former
  const values = Object.entries(definition.attributes)
    .filter(([, attribute]) => attribute.omitEmpty !== true || !isZero(initialValue(attribute)))
    .map(([name, attribute]): Initial => [name, () => initialValue(attribute)])
  known.set(definition, values)
  return values
}
