import { attributeOf, type EntityDefinition } from '../../contract/entity/definition.ts'

/**
 * Attributes that objects are looked up by (in filters of people, of enforcers that ask for their own, of the
 * Console itself) or put in order by so often that an index pays for what it costs each write. Any other
 * order is sorted anew for each page.
 */
const worthAnIndex = ['name', 'createTime', 'updateTime', 'enforcerID', 'machineID', 'pingID']

const cached = new WeakMap<EntityDefinition, ReadonlySet<string>>()

/** Attributes of the entity that have an index. Their values are text. */
export function indexedAttributes(definition: EntityDefinition): ReadonlySet<string> {
  const known = cached.get(definition)
  if (known !== undefined) return known
  const names = new Set(worthAnIndex.filter((name) => attributeOf(definition, name)?.stored === true))
  cached.set(definition, names)
  return names
}

/** The SQL of an attribute; `object` is the JSON column. */
export function attributeSql(name: string): string {
  // Names are those of definitions; this is a second lock on the door.
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) throw new Error(`${name} is not the name of an attribute`)
  return `json_extract(object, '$.${name}')`
}

/** The value an attribute is ordered by: absent sorts with empty. Indexes are on this very text. */
export function valueSql(name: string): string {
  return `COALESCE(${attributeSql(name)}, '')`
}

/** With the namespace in it, so that objects elsewhere are passed over without being read. */
export function indexesSql(definition: EntityDefinition): string {
  return [...indexedAttributes(definition)]
    .map(
      (name) => `CREATE INDEX IF NOT EXISTS ${indexName(definition, name)}
        ON entity_${definition.name} (${valueSql(name)}, namespace);`,
    )
    .join('\n')
}

export function indexName(definition: EntityDefinition, attribute: string): string {
  return `entity_${definition.name}_by_${attribute}`
}
