import type { EntityDefinition } from '../../entity/definition.ts'

export const logout = {
  entity: 'Logout',
  name: 'logout',
  category: 'logout',
  aliases: [],
  description: 'Takes the cookie with the token away from a browser.',
  attributes: {},
  routes: [{ on: 'collection', operations: ['retrieve-many', 'info'] }],
  columns: [],
} as const satisfies EntityDefinition
