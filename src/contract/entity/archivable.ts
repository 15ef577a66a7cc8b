import type { EntityDefinition } from './definition.ts'

/** Whether deleted objects can still be asked for: reads of the entity have a parameter that says so. */
export function isArchivable({ routes }: Pick<EntityDefinition, 'routes'>): boolean {
  return routes.some(({ parameters }) => parameters !== undefined && 'archived' in parameters)
}
