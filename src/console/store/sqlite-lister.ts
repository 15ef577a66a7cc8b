import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { WireObject } from '../../contract/entity/definition.ts'
import { count, countObjects } from './count-objects.ts'
import { readCursor, sealOf, writeCursor, type Cursor } from './cursor.ts'
import { fromJson, matchingRows, planOf, takeRows, type ListContext, type Listing } from './listing.ts'
import type { ListPlan } from './list-plan.ts'
import { selectRows, type Row } from './rows.ts'
import { atOnce, inTurns, type Steps } from './steps.ts'
import type { ListAnswer, ListQuery, ObjectStore, Paging } from './store.ts'

export type Lister = Pick<ObjectStore, 'list' | 'browse' | 'stream' | 'count'>

type PagedListing = Listing & { readonly query: ListQuery }
type Sealing = ListContext & { readonly key: Buffer }

export function createLister(context: ListContext): Lister {
  const sealing = { ...context, key: randomBytes(32) }
  return {
    list: (definition, query) => atOnce(listPage({ definition, query }, sealing)),
    browse: (definition, query) => inTurns(listPage({ definition, query }, sealing)),
    count: (definition, query) =>
      inTurns(countObjects({ definition, query: { ...query, order: [] } }, context)),
    stream: async (definition, query) => {
      const listing = { definition, query }
      const total = await inTurns(countObjects(listing, context))
      return { total, parts: streamParts(listing, context) }
    },
  }
}

async function* streamParts(
  listing: Listing,
  context: ListContext,
): AsyncGenerator<readonly WireObject[], void, void> {
  const plan = planOf(listing, context)
  for (const rows of matchingRows(listing, { plan, prepared: context.prepared })) {
    yield rows.map(({ object }) => fromJson(object))
    await setImmediate()
  }
}

function* listPage(listing: PagedListing, context: Sealing): Steps<ListAnswer> {
  const { paging } = listing.query
  const plan = planOf(listing, context)
  switch (paging.type) {
    case 'all': {
      const rows = yield* takeRows(listing, { plan, prepared: context.prepared })
      return { objects: objectsOf(rows), total: rows.length }
    }
    case 'page':
      return yield* numberedPage({ listing, plan, paging }, context)
    case 'cursor':
      return yield* pageByCursor({ listing, plan, paging }, context)
    default:
      paging satisfies never
      throw new Error('there is no other way to page')
  }
}

interface Paged<Type extends Paging['type']> {
  readonly listing: PagedListing
  readonly plan: ListPlan
  readonly paging: Extract<Paging, { type: Type }>
}

function* numberedPage(
  { listing, plan, paging: { page, size } }: Paged<'page'>,
  context: ListContext,
): Steps<ListAnswer> {
  const { prepared } = context
  const total = yield* countObjects(listing, context)
  // SQLite takes integers only, and there are no more objects than that.
  const skip = Math.min((page - 1) * size, Number.MAX_SAFE_INTEGER - size)
  if (skip >= total) return { objects: [], total }
  const rows = plan.filter.exact
    ? skipRows(plan, { prepared, skip, size })
    : (yield* takeRows(listing, { plan, prepared, count: skip + size })).slice(skip)
  return { objects: objectsOf(rows), total }
}

/** Runs that are left out as a whole are counted and not read. */
function skipRows(
  plan: ListPlan,
  { prepared, skip, size }: { readonly skip: number; readonly size: number } & Pick<ListContext, 'prepared'>,
): readonly Row[] {
  const rows: Row[] = []
  let left = skip
  for (const run of plan.start) {
    const there =
      left === 0 || plan.start.length === 1
        ? Number.POSITIVE_INFINITY
        : count(prepared, [run.from, run.where])
    if (left >= there) {
      left -= there
      continue
    }
    rows.push(...selectRows(plan, { prepared, run, size: size - rows.length, skip: left }))
    left = 0
    if (rows.length >= size) break
  }
  return rows
}

/**
 * A walk counts what a filter finds once, when it begins, and takes the number along in its cursors: counting
 * reads every object, a page only its own.
 */
function* pageByCursor(
  { listing, plan, paging: { after, limit } }: Paged<'cursor'>,
  context: Sealing,
): Steps<ListAnswer> {
  const cursor = after === undefined ? undefined : readCursor(after, plan.placeSize)
  const known = knownTotal(listing, { cursor, key: context.key })
  const total = known ?? (yield* countObjects(listing, context))
  // One more than asked for tells whether there is a next page.
  const wanted = { plan, prepared: context.prepared, after: cursor?.place, count: limit + 1 }
  const rows = yield* takeRows(listing, wanted)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  const page = { objects: objectsOf(rows.slice(0, limit)), total }
  if (last === undefined) return page
  const isCounted = listing.query.filter !== undefined || listing.query.archived === true
  const counted = isCounted ? { counted: { total, seal: sealOfList(listing, { total, ...context }) } } : {}
  return { ...page, next: writeCursor({ place: last.place, ...counted }) }
}

function knownTotal(
  listing: Listing,
  { cursor, key }: { readonly cursor: Cursor | undefined; readonly key: Buffer },
): number | undefined {
  const counted = cursor?.counted
  if (counted === undefined) return undefined
  const { total, seal } = counted
  return sealOfList(listing, { total, key }) === seal ? total : undefined
}

function sealOfList(
  { definition, query }: Listing,
  { total, key }: { readonly total: number; readonly key: Buffer },
): string {
  const { scope, filter, archived, order } = query
  return sealOf({ list: [definition.name, scope, filter, archived, order], total }, key)
}

function objectsOf(rows: readonly Row[]): readonly WireObject[] {
  return rows.map(({ object }) => fromJson(object))
}
