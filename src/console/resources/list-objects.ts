import type { WireObject } from '../../contract/entity/definition.ts'
import { evaluateFilter } from '../../contract/filter/evaluate.ts'
import { allOf, anyOf, sizeOf, type Filter } from '../../contract/filter/filter.ts'
import { parseFilter } from '../../contract/filter/parse.ts'
import { isSet, textParameter, type Answer, type Call } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import { checkPatterns, createPatternMatcher } from '../store/pattern-matcher.ts'
import type { Order, Paging, Query, QueryContext, Scope, StoredObject } from '../store/store.ts'
import type { HookContext, StoredResource } from './resource.ts'
import { toShown } from './stored-object.ts'

/** Longer filters are not questions of people. */
const maxFilterLength = 16_384
/** SQLite stops at expressions a thousand levels deep, and a chain of `or` is as deep as it is long. */
const maxComparisons = 500

export function listObjects(resource: StoredResource, { call, services }: HookContext): Answer {
  const { objects, total, next } = services.store.list(resource.definition, {
    ...queryOf(resource, { call, services }),
    order: orderOf(call),
    paging: pagingOf(call),
  })
  const body = objects.map((object) => toShown(resource, { object, services, single: false }))
  return { status: 200, body, total, ...(next === undefined ? {} : { next }) }
}

export function countObjects(resource: StoredResource, context: HookContext): Answer {
  return { status: 204, total: context.services.store.count(resource.definition, queryOf(resource, context)) }
}

/** The object the call names, if it is there, in the namespace or below, and the caller may reach it. */
export function findObject(resource: StoredResource, { call, services }: HookContext): StoredObject {
  const stored = services.store.find(resource.definition, call.id)
  const scope = { namespace: call.namespace, recursive: true, propagated: false }
  const own = ownFilter(resource, { call, services })
  const reachable =
    stored !== undefined &&
    isInScope(stored.object, scope) &&
    (own === undefined || isOwn(stored.object, own))
  // The same answer for all three: what one may not reach is not there.
  if (!reachable) throw refuse(404, 'Unable to find the requested resource')
  return stored
}

/** What limits a caller to its own objects, or undefined when it reaches all. */
function ownFilter(resource: StoredResource, { call, services }: HookContext): Filter | undefined {
  if (call.caller?.reach !== 'own') return undefined
  const own = resource.own?.(call.caller.principal, services)
  // A role that says "own" of an entity that has no owners reaches nothing.
  return own ?? { kind: 'or', parts: [] }
}

export function isOwn(object: WireObject, own: Filter): boolean {
  return evaluateFilter(own, { object, now: new Date(0), matches: () => false })
}

function isInScope(object: WireObject, scope: Scope): boolean {
  const namespace = String(object['namespace'])
  return (
    namespace === scope.namespace ||
    namespace.startsWith(scope.namespace === '/' ? '/' : `${scope.namespace}/`)
  )
}

function queryOf(resource: StoredResource, { call, services }: HookContext): Query & QueryContext {
  const own = ownFilter(resource, { call, services })
  return {
    scope: {
      namespace: call.namespace,
      recursive: isSet(call, 'recursive'),
      propagated: isSet(call, 'propagated'),
    },
    filter: own?.kind === 'or' ? nothing : allOf([filterOf(call), own]),
    now: nowOf(services),
    complete: (object) => toShown(resource, { object, services, single: false }),
  }
}

const nothing: Filter = { kind: 'comparison', key: 'ID', operator: 'in', value: [] }

/** What the parameters `q` of a call say together, if anything. */
export function filterOf(call: Call): Filter | undefined {
  return anyOf(filtersOf(call))
}

function filtersOf(call: Call): Filter[] {
  const filters = (call.parameters.get('q') ?? []).map(String).map(readFilter)
  const comparisons = filters.reduce((sum, filter) => sum + sizeOf(filter), 0)
  if (comparisons > maxComparisons)
    throw refuse(400, `Invalid filter: it has more than ${maxComparisons} comparisons`)
  return filters
}

function readFilter(text: string): Filter {
  if (text.length > maxFilterLength) throw refuse(400, "Parameter 'q' is too long")
  const filter = parseFilter(text)
  if (!filter.ok) throw refuse(400, `Invalid filter: ${filter.problem}`)
  checkPatterns(filter.value)
  return filter.value
}

function orderOf(call: Call): Order[] {
  return (call.parameters.get('order') ?? []).map(String).map((text) => {
    const descending = text.startsWith('-')
    return { attribute: descending ? text.slice(1) : text, descending }
  })
}

function pagingOf(call: Call): Paging {
  const number = (name: string): number => Number(call.parameters.get(name)?.[0] ?? 0)
  const after = textParameter(call, 'after')
  const limit = number('limit')
  if (after !== undefined || limit > 0) {
    return { type: 'cursor', limit: limit > 0 ? limit : 100, ...(after === undefined ? {} : { after }) }
  }
  const size = number('pagesize')
  return size > 0 ? { type: 'page', page: Math.max(1, number('page')), size } : { type: 'all' }
}

/** For the event socket: what a filter says about one object that just changed. */
export function matchesNow(
  filter: Filter,
  subject: { readonly object: WireObject; readonly services: ConsoleServices },
): boolean {
  return evaluateFilter(filter, {
    object: subject.object,
    now: nowOf(subject.services),
    matches: createPatternMatcher(),
  })
}
