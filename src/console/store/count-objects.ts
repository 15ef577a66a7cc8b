import { matchingRows, planOf, type ListContext, type Listing } from './listing.ts'
import type { ListPlan } from './list-plan.ts'
import type { Prepare } from './rows.ts'
import { rangesOf, rangeSql, scopeSql } from './scope-ranges.ts'
import { allConditions, condition, type SqlCondition } from './sql-condition.ts'
import type { Steps } from './steps.ts'
import { archiveTable, liveTable } from './tables.ts'

/** So many objects are counted by a filter before others get their turn. */
const countedATurn = 10_000

/** How many objects match: known without looking where no filter is asked. */
export function* countObjects(listing: Listing, context: ListContext): Steps<number> {
  const { definition, query } = listing
  const plan = planOf({ definition, query: { ...query, order: [] } }, context)
  if (!plan.filter.exact) return yield* countInMemory({ ...listing, plan }, context)
  const live =
    query.filter === undefined
      ? countPlaces(listing, context)
      : yield* countFiltered({ ...listing, plan }, context)
  if (query.archived !== true) return live
  const scope = scopeSql(query.scope, { definition, indexed: true })
  return live + count(context.prepared, [archiveTable(definition), allConditions(scope, plan.filter)])
}

type Planned = Listing & { readonly plan: ListPlan }

function* countInMemory(listing: Planned, { prepared }: ListContext): Steps<number> {
  let total = 0
  for (const rows of matchingRows(listing, { plan: listing.plan, prepared })) {
    total += rows.length
    yield
  }
  return total
}

function countPlaces({ definition, query }: Listing, { prepared, counters }: ListContext): number {
  const ranges = rangesOf(query.scope)
  const shared = ranges.filter((range) => range.shared === true)
  const whole = counters.count(
    definition,
    ranges.filter((range) => range.shared !== true),
  )
  return shared
    .map((range) => count(prepared, [liveTable(definition), rangeSql(range, definition)]))
    .reduce((sum, one) => sum + one, whole)
}

/** Where the scope is most of the table, the table is read from its beginning to its end, part by part. */
function* countFiltered({ definition, query, plan }: Planned, { prepared }: ListContext): Steps<number> {
  const { filter, dense } = plan
  const table = liveTable(definition)
  const scope = scopeSql(query.scope, { definition, indexed: !dense && !filter.selective })
  const where = allConditions(scope, filter)
  if (!dense || filter.selective) return count(prepared, [table, where])
  const { last } = prepared(`SELECT COALESCE(max(sequence), 0) AS last FROM ${table}`).get() as {
    last: number
  }
  let total = 0
  for (let from = 0; from <= last; from += countedATurn) {
    const part = condition('sequence >= ? AND sequence < ?', from, from + countedATurn)
    total += count(prepared, [table, allConditions(part, where)])
    yield
  }
  return total
}

export function count(prepared: Prepare, [from, where]: readonly [from: string, SqlCondition]): number {
  const row = prepared(`SELECT count(*) AS n FROM ${from} WHERE ${where.sql}`).get(...where.values)
  return (row as { n: number }).n
}
