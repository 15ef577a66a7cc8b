import type { EntityDefinition } from './definition.ts'

export interface EntityRegistry {
  readonly all: readonly EntityDefinition[]
  /** By any name people use: `enforcer`, `enforcers`, `Enforcer`, or an alias such as `pu`. */
  find(name: string): EntityDefinition | undefined
  /** By the name in URLs, exactly. */
  byCategory(category: string): EntityDefinition | undefined
  /** By the name in events and permissions, exactly. */
  byName(name: string): EntityDefinition | undefined
}

export function createRegistry(all: readonly EntityDefinition[]): EntityRegistry {
  const byName = new Map(all.map((entity) => [entity.name, entity]))
  const byCategory = new Map(all.map((entity) => [entity.category, entity]))
  const spoken = new Map(all.flatMap((entity) => entity.aliases.map((alias) => [alias, entity] as const)))
  return {
    all,
    find: (name) => {
      const key = name.toLowerCase()
      return byName.get(key) ?? byCategory.get(key) ?? spoken.get(key)
    },
    byCategory: (category) => byCategory.get(category),
    byName: (name) => byName.get(name),
  }
}
