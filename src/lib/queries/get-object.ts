import { findObject } from './find-object.ts'
import type { QueryContext } from './list-objects.ts'
import { checkAttributes, resourceFor } from './resource.ts'
import { onlyPage, type ShownObjects } from './shown-objects.ts'

export interface GetObjectOptions {
  readonly resource: string
  readonly idOrName: string
  readonly namespace: string
  readonly recursive: boolean
  /** Attributes to fetch and show; all when empty. */
  readonly columns: readonly string[]
}

/** Reads one object, by ID or name. Throws as findObject does. */
export async function getObject(options: GetObjectOptions, context: QueryContext): Promise<ShownObjects> {
  const entity = resourceFor(options.resource, 'retrieve')
  checkAttributes(entity, options.columns)
  const fields = options.columns.length === 0 ? undefined : options.columns
  const { idOrName, namespace, recursive } = options
  // An ambiguous name is told apart by these two.
  const fetched = fields && [...new Set([...fields, 'ID', 'namespace'])]
  const wanted = { entity, idOrName, namespace, recursive, fields: fetched }
  const object = await findObject(wanted, context)
  const columns = fields ?? Object.keys(entity.attributes).sort(idFirst)
  return { resource: entity.category, columns, fields, pages: onlyPage(object) }
}

function idFirst(a: string, b: string): number {
  if (a === 'ID' || b === 'ID') return a === 'ID' ? -1 : 1
  return a.localeCompare(b)
}
