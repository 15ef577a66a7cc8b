/** A moment, or a moment relative to the time of evaluation (Go's `now("-1h")`). */
export type FilterTime =
  | { readonly type: 'date'; /** RFC 3339, UTC. */ readonly at: string }
  | { readonly type: 'now'; readonly offsetMs: number }

export type FilterScalar = string | number | boolean | FilterTime
export type FilterValue = FilterScalar | readonly FilterScalar[]

export type ValueOperator =
  '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'not contains' | 'in' | 'not in' | 'matches'

export interface Comparison {
  readonly kind: 'comparison'
  readonly key: string
  readonly operator: ValueOperator
  readonly value: FilterValue
}

export interface Existence {
  readonly kind: 'existence'
  readonly key: string
  readonly exists: boolean
}

export interface Group {
  readonly kind: 'and' | 'or'
  readonly parts: readonly Filter[]
}

/** What `q` says. Meaning of each operator: see evaluate.ts. */
export type Filter = Comparison | Existence | Group

export function isTime(value: FilterScalar): value is FilterTime {
  return typeof value === 'object'
}

/** A value as a list: operators that take several treat one as a list of one. */
export function valuesOf(value: FilterValue): readonly FilterScalar[] {
  return isList(value) ? value : [value]
}

export function isList(value: FilterValue): value is readonly FilterScalar[] {
  return Array.isArray(value)
}

/** All of them; the filter itself when there is one, undefined when there is none. */
export function allOf(filters: readonly (Filter | undefined)[]): Filter | undefined {
  const parts = filters.filter((filter) => filter !== undefined)
  return parts.length < 2 ? parts[0] : { kind: 'and', parts }
}

/** Any of them, as several `q` parameters mean. */
export function anyOf(filters: readonly Filter[]): Filter | undefined {
  return filters.length < 2 ? filters[0] : { kind: 'or', parts: filters }
}

/** Every attribute the filter names, each once. */
export function keysOf(filter: Filter): readonly string[] {
  if ('parts' in filter) return [...new Set(filter.parts.flatMap((part) => [...keysOf(part)]))]
  return [filter.key]
}

/** How many comparisons a filter makes. */
export function sizeOf(filter: Filter): number {
  return 'parts' in filter ? filter.parts.reduce((sum, part) => sum + sizeOf(part), 0) : 1
}
