import { zeroTime, type EntityDefinition, type WireObject } from '../../contract/entity/definition.ts'

type Change = (value: unknown) => unknown

const changesOf = new WeakMap<EntityDefinition, readonly (readonly [name: string, change: Change])[]>()

/**
 * An object, or a list of them, whose times are Dates: msgpack has a type of its own for them, and which
 * attributes are times is what the definition says. The codec of the contract writes the zero time as nil.
 */
export function withTimestamps(value: unknown, definition: EntityDefinition): unknown {
  if (Array.isArray(value)) return value.map((item) => withTimestamps(item, definition))
  if (typeof value !== 'object' || value === null) return value
  const changes = timesIn(definition)
  if (changes.length === 0) return value
  const object: WireObject = { ...value }
  for (const [name, change] of changes) if (Object.hasOwn(object, name)) object[name] = change(object[name])
  return object
}

/** The attributes that are times, or have objects with times in them; worked out once for each definition. */
function timesIn(definition: EntityDefinition): readonly (readonly [name: string, change: Change])[] {
  const known = changesOf.get(definition)
  if (known !== undefined) return known
  const changes = Object.entries(definition.attributes).flatMap(([name, attribute]) => {
    if (attribute.type === 'time') return [[name, toTimestamp] as const]
    if (attribute.type !== 'ref' && attribute.type !== 'refList') return []
    const { of } = attribute
    return timesIn(of).length === 0 ? [] : [[name, (inner: unknown) => withTimestamps(inner, of)] as const]
  })
  changesOf.set(definition, changes)
  return changes
}

function toTimestamp(value: unknown): unknown {
  return value === zeroTime || typeof value !== 'string' ? null : new Date(value)
}
