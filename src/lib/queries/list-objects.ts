import { entities } from '../../contract/entities/registry.ts'
import type { EntityDefinition } from '../../contract/entity/definition.ts'
import { parseFilter } from '../../contract/filter/parse.ts'
import type { ConsoleClient } from '../api/console-client.ts'
import { collectionOf } from '../api/endpoints/collection.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'

export interface ListObjectsOptions {
  /** Singular, plural or an alias: `enforcer`, `enforcers`, `pu`. */
  readonly resource: string
  readonly namespace: string
  readonly recursive: boolean
  /** In the filter language of the Console. */
  readonly filter: string | undefined
  /** Attributes to fetch and show; the usual ones of the resource when empty. */
  readonly columns: readonly string[]
  /** Attribute names, `-name` for descending. */
  readonly order: readonly string[]
}

export interface ListObjectsContext {
  readonly console: ConsoleClient
  readonly signal: AbortSignal
}

/** Objects of one kind, each with the attributes that were asked for, or all. */
export interface ObjectList {
  readonly resource: string
  readonly columns: readonly string[]
  readonly objects: readonly Readonly<Record<string, unknown>>[]
}

/**
 * Lists objects of the Console. Wrong names are found before anything is asked: APO-INPUT-VALUE names
 * the resource, attribute or place in the filter.
 */
export async function listObjects(
  options: ListObjectsOptions,
  context: ListObjectsContext,
): Promise<ObjectList> {
  const entity = listable(options.resource)
  checkAttributes(entity, [...options.columns, ...options.order.map((name) => name.replace(/^-/, ''))])
  if (options.filter !== undefined) checkFilter(options.filter)
  const { namespace, recursive, filter, order, columns } = options
  const fields = columns.length === 0 ? undefined : columns
  const objects: Readonly<Record<string, unknown>>[] = []
  const query = { namespace, recursive, filter, order, fields }
  const collection = collectionOf<Readonly<Record<string, unknown>>>(entity.category, context.console)
  for await (const object of collection.list(query, { signal: context.signal })) objects.push(object)
  return { resource: entity.category, columns: fields ?? entity.columns, objects }
}

function listable(resource: string): EntityDefinition {
  const entity = entities.find(resource)
  if (entity?.routes.some(({ operations }) => operations.includes('retrieve-many')) === true) return entity
  const known = entities.all.map(({ category }) => category).sort()
  throw new ApoctlError(['APO-INPUT-VALUE', `"${resource}" is nothing the Console lists`], {
    hints: [`It knows ${known.join(', ')}.`],
  })
}

function checkAttributes(entity: EntityDefinition, names: readonly string[]): void {
  const unknown = names.find((name) => !Object.hasOwn(entity.attributes, name))
  if (unknown === undefined) return
  throw new ApoctlError(['APO-INPUT-VALUE', `${entity.category} have no attribute "${unknown}"`], {
    hints: [`They have ${Object.keys(entity.attributes).sort().join(', ')}.`],
  })
}

function checkFilter(filter: string): void {
  const parsed = parseFilter(filter)
  if (!parsed.ok) throw new ApoctlError(['APO-INPUT-VALUE', `the filter cannot be read: ${parsed.problem}`])
}
