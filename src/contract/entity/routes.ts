import type { RouteDefinition } from './definition.ts'

const filter = { q: { type: 'string', multiple: true } } as const

/** The routes of an entity that people create, read, change and delete. */
export const crudRoutes = [
  { on: 'object', operations: ['retrieve', 'update', 'patch'] },
  { on: 'object', operations: ['delete'], parameters: filter },
  { on: 'collection', operations: ['retrieve-many', 'info'], parameters: filter },
  { on: 'collection', operations: ['create'] },
] as const satisfies readonly RouteDefinition[]
