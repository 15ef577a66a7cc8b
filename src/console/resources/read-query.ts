import type { WireObject } from '../../contract/entity/definition.ts'
import { evaluateFilter } from '../../contract/filter/evaluate.ts'
import { anyOf, sizeOf, type Filter } from '../../contract/filter/filter.ts'
import { parseFilter } from '../../contract/filter/parse.ts'
import { textParameter, type Call } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import { checkPatterns, createPatternMatcher } from '../store/pattern-matcher.ts'
import type { Order, Paging } from '../store/store.ts'

/** Longer filters are not questions of people. */
const maxFilterLength = 16_384
/** SQLite stops at expressions a thousand levels deep, and a chain of `or` is as deep as it is long. */
const maxComparisons = 500

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

/** The order that a call asks for. */
export function orderOf(call: Call): Order[] {
  return (call.parameters.get('order') ?? []).map(String).map((text) => {
    const descending = text.startsWith('-')
    return { attribute: descending ? text.slice(1) : text, descending }
  })
}

/** The part of a list that a call asks for. */
export function pagingOf(call: Call): Paging {
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
