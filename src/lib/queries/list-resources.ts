import { entities } from '../../contract/entities/registry.ts'

/** Every kind of object that the Console has by itself. */
export interface ResourceList {
  readonly resources: readonly {
    readonly resource: string
    readonly singular: string
    readonly aliases: readonly string[]
    readonly description: string
  }[]
}

/** Names what can be given to the verbs of `apoctl api`, in alphabetical order. */
export function listResources(): ResourceList {
  const resources = entities.all
    .map(({ category, name, aliases, description }) => ({
      resource: category,
      singular: name,
      aliases,
      description,
    }))
    .sort((a, b) => a.resource.localeCompare(b.resource))
  return { resources }
}
