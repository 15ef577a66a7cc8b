import { textOf, type EntityDefinition, type WireObject } from '../../contract/entity/definition.ts'
import { findAll, where } from './find-all.ts'
import type { HookContext } from './resource.ts'

const key = '@import:label='

/** What an import writes into the metadata of each object that it makes. */
export function labelTag(label: string): string {
  return `${key}${label}`
}

/** Everything that imports with this label made, in the namespace of the call. Without one nothing is recognized. */
export function madeByLabel(
  definition: EntityDefinition,
  { label, call, services }: HookContext & { readonly label: string },
): readonly WireObject[] {
  if (label === '') return []
  const filter = where('metadata', ['contains', labelTag(label)])
  return findAll({ definition, filter, namespace: call.namespace, recursive: false }, services)
}

/** Tags that belong to where an object is, and do not travel with it. */
export function withoutPlace(metadata: unknown): readonly string[] {
  const list = Array.isArray(metadata) ? (metadata as string[]) : []
  return list.filter((tag) => !tag.startsWith(key) && !tag.startsWith('@org:'))
}

/** Objects are recognized by their name, and by how many of that name came before. */
export function numberedNames(): (object: WireObject) => string {
  const seen = new Map<string, number>()
  return (object) => {
    const name = textOf(object, 'name')
    const count = seen.get(name) ?? 0
    seen.set(name, count + 1)
    return JSON.stringify([name, count])
  }
}
