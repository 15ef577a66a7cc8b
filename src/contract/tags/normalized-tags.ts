import type { EntityDefinition, WireObject } from '../entity/definition.ts'

/** Attributes that become system tags, under these keys, on entities that have them. */
const systemTags = {
  name: '$name',
  namespace: '$namespace',
  ID: '$id',
  type: '$type',
  images: '$image',
  operationalStatus: '$operationalstatus',
  enforcerID: '$enforcerid',
  controller: '$controller',
} as const

/** All tags of an object, sorted and without repetition: of users, metadata, and of the system. */
export function normalizedTags(definition: EntityDefinition, object: WireObject): string[] {
  const tags = new Set([`$identity=${definition.name}`])
  for (const list of [object['associatedTags'], object['metadata']]) {
    for (const tag of strings(list)) tags.add(tag)
  }
  for (const [attribute, key] of Object.entries(systemTags)) {
    if (!Object.hasOwn(definition.attributes, attribute)) continue
    for (const value of strings(object[attribute])) tags.add(`${key}=${value}`)
  }
  return [...tags].sort()
}

function strings(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.filter((item): item is string => typeof item === 'string' && item !== '')
}
