import { evaluateFilter } from '../../contract/filter/evaluate.ts'
import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import { attributeOf } from '../../contract/entity/definition.ts'
import { namespacesAbove } from '../../contract/namespace-name.ts'
import { refuse } from '../refused-request.ts'
import { createPatternMatcher } from './pattern-matcher.ts'
import { readCursor } from './cursor.ts'
import { attributeSql, filterToSql, type SqlCondition, type SqlValue } from './filter-to-sql.ts'
import type { ListQuery, Order, Query, QueryContext, Scope } from './store.ts'

export function whereSql(definition: EntityDefinition, query: Query & QueryContext): SqlCondition {
  const scope = scopeSql(query.scope, definition)
  if (query.filter === undefined) return scope
  const filter = filterToSql(query.filter, { definition, now: query.now })
  return {
    sql: `${scope.sql} AND ${filter.sql}`,
    values: [...scope.values, ...filter.values],
    exact: filter.exact,
  }
}

/** Namespaces in and below sort between `/a/` and `/a0`, because 0 follows the slash in ASCII. */
export function scopeSql(
  scope: Scope,
  { propagates }: Pick<EntityDefinition, 'propagates'> = {},
): SqlCondition {
  const parts = ['namespace = ?']
  const values: SqlValue[] = [scope.namespace]
  if (scope.recursive) {
    const top = scope.namespace === '/' ? '' : scope.namespace
    parts.push('(namespace >= ? AND namespace < ?)')
    values.push(`${top}/`, `${top}0`)
  }
  const above = scope.propagated ? namespacesAbove(scope.namespace) : []
  if (above.length > 0) {
    const shared = propagates === true ? '1' : "json_extract(object, '$.propagate') = 1"
    const hidden = "COALESCE(json_extract(object, '$.propagationHidden'), 0)"
    parts.push(`(namespace IN (${above.map(() => '?').join(', ')}) AND ${shared} AND NOT ${hidden})`)
    values.push(...above)
  }
  return { sql: `(${parts.join(' OR ')})`, values, exact: true }
}

export interface OrderSql {
  /** Ends in the sequence, so that the order is total and pages do not overlap. */
  readonly orderBy: string
  /** What a cursor remembers. */
  readonly value: string
  readonly after: (text: string) => SqlCondition
}

export function orderSql(definition: EntityDefinition, order: readonly Order[]): OrderSql {
  const terms = order.map(
    (term) => `${valueSql(definition, term.attribute)} ${term.descending ? 'DESC' : 'ASC'}`,
  )
  const [first] = order
  const value = first === undefined ? "''" : valueSql(definition, first.attribute)
  const sign = first?.descending === true ? '<' : '>'
  return {
    orderBy: [...terms, 'sequence ASC'].join(', '),
    value,
    after: (text) => {
      const cursor = readCursor(text)
      return {
        sql: `(${value} ${sign} ? OR (${value} = ? AND sequence > ?))`,
        values: [cursor.value, cursor.value, cursor.sequence],
        exact: true,
      }
    },
  }
}

/** Absent sorts with empty. */
function valueSql(definition: EntityDefinition, name: string): string {
  if (attributeOf(definition, name) === undefined) {
    throw refuse(400, `Parameter 'order': objects of ${definition.name} have no attribute '${name}'`)
  }
  return `COALESCE(${attributeSql(name)}, '')`
}

/** Asks an object in memory what SQL could not ask. */
export function residualFilter(
  where: SqlCondition,
  query: Query & QueryContext,
): ((object: WireObject) => boolean) | undefined {
  const { filter } = query
  if (where.exact || filter === undefined) return undefined
  const matches = createPatternMatcher()
  return (object) => evaluateFilter(filter, { object: query.complete(object), now: query.now, matches })
}

/** First and last object to show, counted over all that match; undefined means no bound. */
export function windowOf({ paging }: ListQuery): {
  readonly skip: number
  readonly take: number | undefined
} {
  if (paging.type === 'page') {
    // SQLite takes integers only, and there are no more objects than that.
    const skip = Math.min((paging.page - 1) * paging.size, Number.MAX_SAFE_INTEGER)
    return { skip, take: paging.size }
  }
  return { skip: 0, take: paging.type === 'cursor' ? paging.limit : undefined }
}
