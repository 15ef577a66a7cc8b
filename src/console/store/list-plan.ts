import type { EntityDefinition } from '../../contract/entity/definition.ts'
import type { Place } from './cursor.ts'
import { filterToSql, type SqlFilter } from './filter-to-sql.ts'
import { indexedAttributes, indexName } from './indexes.ts'
import { anyBehind, behind, orderKeys, type Behind, type OrderKey } from './order-keys.ts'
import { rangeBehind, rangesOf, rangeSql, scopeSql, type NamespaceRange } from './scope-ranges.ts'
import { allConditions, condition, type SqlCondition } from './sql-condition.ts'
import type { OrderedQuery, QueryContext } from './store.ts'
import { archiveTable, liveTable } from './tables.ts'

/** Rows that lie next to each other in the order of a list. */
export interface Run {
  readonly from: string
  readonly where: SqlCondition
  /** What its rows are still to be ordered by. */
  readonly keys: readonly OrderKey[]
  /** What the place of its objects begins with, before the values of the keys. */
  readonly lead: Place
}

/** How to go through what a query asks for: runs, whose rows come one after the other. */
export interface ListPlan {
  readonly keys: readonly OrderKey[]
  /** How many values say where an object is. */
  readonly placeSize: number
  readonly start: readonly Run[]
  /** The runs of everything behind an object. */
  behind(place: Place): readonly Run[]
  /** True when SQLite has to look at everything before it can give the first row. */
  readonly sorts: boolean
  /** The scope is most of what there is. */
  readonly dense: boolean
  readonly filter: SqlFilter
}

export interface Listed {
  readonly definition: EntityDefinition
  readonly query: OrderedQuery & QueryContext
  /** The query covers so much that going by namespaces is the longer way. */
  readonly dense: boolean
}

const everything: SqlFilter = { sql: '1', values: [], exact: true, selective: false }

/**
 * A list without an order comes by namespace, in the order of creation, along the index on both. An order by
 * an indexed attribute goes along that index. So any page costs what its objects cost, wherever it is. Where
 * an index leads straight to the matches, and where no index has the order, what matches is sorted.
 */
export function planList(listed: Listed): ListPlan {
  const { definition, query } = listed
  const { now } = query
  const filter = query.filter === undefined ? everything : filterToSql(query.filter, { definition, now })
  const keys = orderKeys(definition, query.order)
  const [first, ...others] = query.order
  const attribute = first?.attribute ?? ''
  const along = { ...listed, filter, keys }
  if (filter.selective) return bySorting(along)
  if (first === undefined) return byPlace(along)
  const hasIndex = indexedAttributes(definition).has(attribute) && others.length === 0 && !query.archived
  return hasIndex ? byIndex(along, attribute) : bySorting(along)
}

type Along = Listed & Pick<ListPlan, 'filter' | 'keys'>

/** What is archived comes after everything that is there. */
function byPlace({ definition, query, dense, filter, keys }: Along): ListPlan {
  const ranges = rangesOf(query.scope)
  const tables = [liveTable(definition), ...(query.archived === true ? [archiveTable(definition)] : [])]
  const run = (range: NamespaceRange, index: number): Run => ({
    from: `${tables[index]} INDEXED BY ${tables[index]}_namespace`,
    where: allConditions(rangeSql(range, definition), filter),
    keys,
    lead: tables.length > 1 ? [index] : [],
  })
  const runsOf = (index: number): readonly Run[] => ranges.map((range) => run(range, index))
  return {
    keys,
    filter,
    placeSize: keys.length + tables.length - 1,
    sorts: false,
    dense,
    start: tables.flatMap((_, index) => runsOf(index)),
    behind: (at) => {
      const table = tables.length > 1 ? Number(at[0]) : 0
      const place = { namespace: String(at.at(-2)), sequence: Number(at.at(-1)) }
      const rest = ranges.flatMap((range) => rangeBehind(range, place)).map((range) => run(range, table))
      return table + 1 < tables.length ? [...rest, ...runsOf(table + 1)] : rest
    },
  }
}

function byIndex({ definition, query, dense, filter, keys }: Along, attribute: string): ListPlan {
  const from = `${liveTable(definition)} INDEXED BY ${indexName(definition, attribute)}`
  const scope = scopeSql(query.scope, { definition, indexed: false })
  const run = (part: Behind): Run => ({
    from,
    where: allConditions(part.where, scope, filter),
    keys: part.keys,
    lead: [],
  })
  return {
    keys,
    filter,
    placeSize: keys.length,
    sorts: false,
    dense,
    start: [run({ where: condition('1'), keys })],
    behind: (place) => behind(keys, place).map(run),
  }
}

function bySorting({ definition, query, dense, filter, keys }: Along): ListPlan {
  const scope = scopeSql(query.scope, { definition, indexed: !dense && !filter.selective })
  const from = query.archived === true ? bothTables(definition) : liveTable(definition)
  const run = (part: SqlCondition): Run => ({
    from,
    where: allConditions(part, scope, filter),
    keys,
    lead: [],
  })
  return {
    keys,
    filter,
    placeSize: keys.length,
    sorts: true,
    dense,
    start: [run(condition('1'))],
    behind: (place) => [run(anyBehind(keys, place))],
  }
}

function bothTables(definition: EntityDefinition): string {
  const select = (table: string): string => `SELECT sequence, id, namespace, object FROM ${table}`
  return `(${select(liveTable(definition))} UNION ALL ${select(archiveTable(definition))})`
}
