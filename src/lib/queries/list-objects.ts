import type { WireObject } from '../../contract/entity/definition.ts'
import type { ConsoleClient } from '../api/console-client.ts'
import { collectionOf } from '../api/endpoints/collection.ts'
import { checkFilter } from './checked-filter.ts'
import { checkAttributes, resourceFor } from './resource.ts'
import type { ShownObjects } from './shown-objects.ts'

export interface ListObjectsOptions {
  /** Singular, plural or an alias: `enforcer`, `enforcers`, `pu`. */
  readonly resource: string
  readonly namespace: string
  readonly recursive: boolean
  /** With what parents propagate. */
  readonly propagated: boolean
  /** In the filter language of the Console. */
  readonly filter: string | undefined
  /** Attributes to fetch and show; the usual ones of the resource when empty. */
  readonly columns: readonly string[]
  /** True when all attributes are wanted although a table would show few. */
  readonly whole: boolean
  /** Attribute names, `-name` for descending. */
  readonly order: readonly string[]
  /** Only this page, from 1; all when undefined. */
  readonly page: number | undefined
  readonly pageSize: number | undefined
}

export interface QueryContext {
  readonly console: ConsoleClient
  readonly signal: AbortSignal
}

/**
 * A page is in memory several times over: as bytes, as objects, as text. With larger ones a client comes near
 * 120 MB, with smaller ones it spends its time on requests (measured with 200,000 objects, 50 to 500 a page).
 */
const wholeObjectsAtOnce = 100

/**
 * Lists objects of the Console as they come. Wrong names are found before anything is asked:
 * APO-INPUT-VALUE names the resource, attribute or place in the filter.
 */
export function listObjects(options: ListObjectsOptions, context: QueryContext): ShownObjects {
  const entity = resourceFor(options.resource, 'retrieve-many')
  checkAttributes(entity, [...options.columns, ...options.order.map((name) => name.replace(/^-/, ''))])
  checkFilter(entity, options.filter)
  const { namespace, recursive, propagated, filter, order, page, pageSize } = options
  const asked = options.columns.length === 0 ? undefined : options.columns
  const columns = asked ?? entity.columns
  const fields = asked ?? (options.whole ? undefined : columns)
  const size = pageSize ?? (options.whole ? wholeObjectsAtOnce : undefined)
  const query = { namespace, recursive, propagated, filter, order, fields, page, pageSize: size }
  const collection = collectionOf<WireObject>(entity.category, context.console)
  const pages = collection.pages(query, { signal: context.signal })
  return { resource: entity.category, columns, fields: asked, pages }
}
