import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import { evaluateFilter } from '../../contract/filter/evaluate.ts'
import type { Counters } from './counters.ts'
import type { Place } from './cursor.ts'
import { planList, type ListPlan } from './list-plan.ts'
import { createPatternMatcher } from './pattern-matcher.ts'
import { objectsATurn, walk, type Prepare, type Row } from './rows.ts'
import { rangesOf } from './scope-ranges.ts'
import type { Steps } from './steps.ts'
import type { OrderedQuery, QueryContext } from './store.ts'

/** What somebody wants to see of an entity. */
export interface Listing {
  readonly definition: EntityDefinition
  readonly query: OrderedQuery & QueryContext
}

export interface ListContext {
  readonly prepared: Prepare
  readonly counters: Counters
}

const everywhere = [{ from: '/', below: '0' }]

export function planOf({ definition, query }: Listing, { counters }: ListContext): ListPlan {
  const ranges = rangesOf(query.scope).filter(({ shared }) => shared !== true)
  const dense = counters.count(definition, ranges) * 2 > counters.count(definition, everywhere)
  return planList({ definition, query, dense })
}

export interface Walk {
  readonly plan: ListPlan
  readonly after?: Place | undefined
  /** Rows wanted; all of them unless given. */
  readonly count?: number
}

/** What matches, in order, as far as it is wanted. */
export function* matchingRows(
  listing: Listing,
  { plan, after, count = Number.POSITIVE_INFINITY, prepared }: Walk & Pick<ListContext, 'prepared'>,
): Generator<readonly Row[], void, void> {
  const matches = residualFilter(listing, plan)
  // An exact page is read at once; otherwise nobody knows how far it is to the last match.
  const first = matches === undefined ? Math.min(count, objectsATurn * 4) : objectsATurn
  let found = 0
  for (const rows of walk(plan, { prepared, first, ...(after === undefined ? {} : { after }) })) {
    const kept = matches === undefined ? rows : rows.filter(({ object }) => matches(fromJson(object)))
    yield kept
    found += kept.length
    if (found >= count) return
  }
}

/** The same, gathered. */
export function* takeRows(
  listing: Listing,
  wanted: Walk & Pick<ListContext, 'prepared'>,
): Steps<readonly Row[]> {
  const all: Row[] = []
  for (const rows of matchingRows(listing, wanted)) {
    all.push(...rows)
    if (all.length >= (wanted.count ?? Number.POSITIVE_INFINITY)) break
    yield
  }
  return wanted.count === undefined ? all : all.slice(0, wanted.count)
}

/** Asks an object in memory what SQL could not ask. */
function residualFilter(
  { query }: Listing,
  { filter: { exact } }: ListPlan,
): ((object: WireObject) => boolean) | undefined {
  const { filter, now } = query
  if (exact || filter === undefined) return undefined
  const matches = createPatternMatcher()
  return (object) => evaluateFilter(filter, { object: query.complete(object), now, matches })
}

export function fromJson(text: string): WireObject {
  return JSON.parse(text) as WireObject
}
