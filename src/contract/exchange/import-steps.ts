import { canonicalJson } from '../canonical-json.ts'
import { textOf, type EntityDefinition, type WireObject } from '../entity/definition.ts'
import { initialValue } from '../entity/zero-value.ts'

/** What an import does about one object: makes it, changes it or lets it be, or takes it away. */
export type ImportStep<Wanted extends WireObject = WireObject> =
  | { readonly do: 'create'; readonly wanted: Wanted }
  | { readonly do: 'keep'; readonly wanted: Wanted; readonly former: WireObject }
  | { readonly do: 'delete'; readonly former: WireObject }

/**
 * How objects of one kind that a label made become those that it should have made. They are recognized by
 * their name, and by how many of that name came before.
 */
export function importSteps<Wanted extends WireObject>(
  wanted: readonly Wanted[],
  former: readonly WireObject[],
): readonly ImportStep<Wanted>[] {
  const nameFormer = numberedNames()
  const left = new Map(former.map((object) => [nameFormer(object), object]))
  const nameWanted = numberedNames()
  const steps = wanted.map((object): ImportStep<Wanted> => {
    const name = nameWanted(object)
    const existing = left.get(name)
    left.delete(name)
    return existing === undefined
      ? { do: 'create', wanted: object }
      : { do: 'keep', wanted: object, former: existing }
  })
  return [...steps, ...[...left.values()].map((object) => ({ do: 'delete', former: object }) as const)]
}

function numberedNames(): (object: WireObject) => string {
  const seen = new Map<string, number>()
  return (object) => {
    const name = textOf(object, 'name')
    const count = seen.get(name) ?? 0
    seen.set(name, count + 1)
    return JSON.stringify([name, count])
  }
}

/** Attributes that an import changes of an object that is there; what is given once stays as it is. */
export function importChanges(
  definition: EntityDefinition,
  { wanted, former }: { readonly wanted: WireObject; readonly former: WireObject },
): readonly string[] {
  return Object.entries(definition.attributes)
    .filter(([, { readOnly, creationOnly }]) => readOnly !== true && creationOnly !== true)
    .filter(([name, attribute]) => {
      const [to, from] = [wanted, former].map((object) => object[name] ?? initialValue(attribute))
      return canonicalJson(to) !== canonicalJson(from)
    })
    .map(([name]) => name)
}
