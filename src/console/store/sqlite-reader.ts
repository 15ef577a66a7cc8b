import type Database from 'libsql'
import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import { writeCursor } from './cursor.ts'
import type { SqlCondition, SqlValue } from './filter-to-sql.ts'
import { orderSql, residualFilter, whereSql, windowOf, type OrderSql } from './list-sql.ts'
import type { ListAnswer, ListQuery, QueryContext, StoredObject } from './store.ts'

/** Gives the statement for a text, the same one each time. */
export type Prepare = (sql: string) => Database.Statement

interface Row {
  readonly object: string
  readonly internal: string
  readonly revision: number
  readonly sequence: number
  readonly value: SqlValue
}

export function findObject(
  prepared: Prepare,
  { definition, id }: { readonly definition: EntityDefinition; readonly id: string },
): StoredObject | undefined {
  const sql = `SELECT object, internal, revision FROM entity_${definition.name} WHERE id = ?`
  const row = prepared(sql).get(id) as Row | undefined
  if (row === undefined) return undefined
  return { object: fromJson(row.object), internal: fromJson(row.internal), revision: row.revision }
}

interface Listing {
  readonly definition: EntityDefinition
  readonly query: ListQuery & QueryContext
}

export function listObjects(prepared: Prepare, { definition, query }: Listing): ListAnswer {
  const where = whereSql(definition, query)
  const order = orderSql(definition, query.order)
  const matches = residualFilter(where, query)
  if (matches !== undefined) return listInMemory(prepared, { definition, query, matches, order })
  const counted = prepared(`SELECT count(*) AS n FROM entity_${definition.name} WHERE ${where.sql}`).get(
    ...where.values,
  ) as { n: number }
  const after = afterOf(query, order)
  const { skip, take } = windowOf(query)
  // One more than asked for tells whether there is a next page.
  const limit = take === undefined ? -1 : take + (query.paging.type === 'cursor' ? 1 : 0)
  const rows = prepared(
    `SELECT object, sequence, ${order.value} AS value FROM entity_${definition.name}
     WHERE ${where.sql} AND ${after.sql} ORDER BY ${order.orderBy} LIMIT ? OFFSET ?`,
  ).all(...where.values, ...after.values, limit, skip) as Row[]
  return answer(rows, { total: counted.n, query })
}

interface MemoryListing extends Listing {
  readonly matches: (object: WireObject) => boolean
  readonly order: OrderSql
}

/** Some of the filter is beyond SQL: walk over what SQL found, keep what matches. */
function listInMemory(prepared: Prepare, { definition, query, matches, order }: MemoryListing): ListAnswer {
  const where = whereSql(definition, query)
  const find = (after: Pick<SqlCondition, 'sql' | 'values'>): Row[] => {
    const sql = `SELECT object, sequence, ${order.value} AS value FROM entity_${definition.name}
      WHERE ${where.sql} AND ${after.sql} ORDER BY ${order.orderBy}`
    const rows = prepared(sql).all(...where.values, ...after.values) as Row[]
    return rows.filter((row) => matches(fromJson(row.object)))
  }
  const all = find(noCondition)
  const after = afterOf(query, order)
  const found = after === noCondition ? all : find(after)
  const { skip, take } = windowOf(query)
  const end = take === undefined ? undefined : skip + take + (query.paging.type === 'cursor' ? 1 : 0)
  return answer(found.slice(skip, end), { total: all.length, query })
}

const noCondition = { sql: '1', values: [] }

function afterOf({ paging }: ListQuery, order: OrderSql): Pick<SqlCondition, 'sql' | 'values'> {
  if (paging.type !== 'cursor' || paging.after === undefined) return noCondition
  return order.after(paging.after)
}

function answer(
  rows: readonly Row[],
  about: { readonly total: number; readonly query: ListQuery },
): ListAnswer {
  const { total, query } = about
  const limit = query.paging.type === 'cursor' ? query.paging.limit : rows.length
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    objects: rows.slice(0, limit).map((row) => fromJson(row.object)),
    total,
    ...(last === undefined ? {} : { next: writeCursor(last) }),
  }
}

function fromJson(text: string): WireObject {
  return JSON.parse(text) as WireObject
}

/** How often a token was used. */
export function countUses(prepared: Prepare, tokenId: string): number {
  const row = prepared('SELECT uses FROM token_uses WHERE id = ?').get(tokenId)
  return (row as { readonly uses: number } | undefined)?.uses ?? 0
}
