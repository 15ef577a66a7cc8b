import type { EntityDefinition } from '../../contract/entity/definition.ts'
import type { NamespaceRange } from './scope-ranges.ts'

/** How many objects there are of each entity in each namespace. */
export interface Counters {
  /** In ranges that are not limited to what propagates. */
  count(definition: EntityDefinition, ranges: readonly NamespaceRange[]): number
  /** An object was made, or with -1 is gone. */
  changed(definition: EntityDefinition, by: { readonly namespace: string; readonly difference: 1 | -1 }): void
  /** What was counted since may not have come true. */
  forget(): void
}

/**
 * Kept in memory, because this process alone writes the database: `read` is asked once for each entity, and
 * again after a transaction that was taken back.
 */
export function createCounters(
  read: (definition: EntityDefinition) => ReadonlyMap<string, number>,
): Counters {
  const known = new Map<string, Map<string, number>>()
  return {
    count: (definition, ranges) => {
      const counts = known.get(definition.name) ?? new Map(read(definition))
      known.set(definition.name, counts)
      let sum = 0
      for (const [namespace, count] of counts) {
        if (ranges.some((range) => isInRange(namespace, range))) sum += count
      }
      return sum
    },
    changed: (definition, { namespace, difference }) => {
      const counts = known.get(definition.name)
      if (counts !== undefined) counts.set(namespace, (counts.get(namespace) ?? 0) + difference)
    },
    forget: () => known.clear(),
  }
}

function isInRange(namespace: string, { from, below }: NamespaceRange): boolean {
  return below === undefined ? namespace === from : namespace >= from && namespace < below
}
