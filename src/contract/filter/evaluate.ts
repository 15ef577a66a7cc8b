import { zeroTime, type WireObject } from '../entity/definition.ts'
import {
  isTime,
  isList,
  valuesOf,
  type Comparison,
  type Filter,
  type FilterScalar,
  type FilterValue,
} from './filter.ts'

export interface FilterContext {
  readonly now: Date
  /** True when the pattern is found somewhere in the text; the caller brings the engine, and its limits. */
  matches(pattern: string, text: string): boolean
}

/**
 * Whether an object answers the filter. The meaning of the operators, here and in SQL alike:
 * - `==` equal; on a list, some element is equal, or the whole list is. `!=` is the opposite.
 * - `<` `<=` `>` `>=`: numbers by value, strings and times by order; different kinds never.
 * - `contains` and `in`: the attribute, or some element of it, is one of the values. `not …` the opposite.
 * - `matches`: the attribute, or some element of it, matches one of the patterns.
 * - `exists`: something was said: not null, not empty, not the zero time. false and 0 do exist.
 */
export function evaluateFilter(
  filter: Filter,
  subject: { readonly object: WireObject } & FilterContext,
): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => evaluateFilter(part, subject))
    case 'or':
      return filter.parts.some((part) => evaluateFilter(part, subject))
    case 'existence':
      return exists(attribute(subject.object, filter.key)) === filter.exists
    case 'comparison':
      return compare(filter, { actual: attribute(subject.object, filter.key), context: subject })
    default:
      filter satisfies never
      return false
  }
}

/** The value of a filter as it is compared: times become RFC 3339 in UTC, which sorts as text. */
export function resolveScalar(value: FilterScalar, now: Date): string | number | boolean {
  if (!isTime(value)) return value
  return value.type === 'date' ? value.at : new Date(now.getTime() + value.offsetMs).toISOString()
}

function compare(
  { operator, value }: Comparison,
  subject: { readonly actual: unknown; readonly context: FilterContext },
): boolean {
  const { actual, context } = subject
  switch (operator) {
    case '==':
      return isEqual(actual, resolve(value, context))
    case '!=':
      return !isEqual(actual, resolve(value, context))
    case 'contains':
    case 'in':
      return isAmong(actual, resolve(value, context))
    case 'not contains':
    case 'not in':
      return !isAmong(actual, resolve(value, context))
    case 'matches':
      return elements(actual).some((item) =>
        valuesOf(value).some(
          (pattern) =>
            typeof item === 'string' && typeof pattern === 'string' && context.matches(pattern, item),
        ),
      )
    default:
      return isList(value) ? false : isOrdered(operator, [actual, resolveScalar(value, context.now)])
  }
}

function resolve(
  value: FilterValue,
  context: FilterContext,
): readonly (string | number | boolean)[] | string | number | boolean {
  return isList(value)
    ? value.map((item) => resolveScalar(item, context.now))
    : resolveScalar(value, context.now)
}

function isEqual(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return JSON.stringify(actual) === JSON.stringify(wanted)
  return elements(actual).includes(wanted)
}

function isAmong(actual: unknown, wanted: unknown): boolean {
  const values: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted]
  return elements(actual).some((item) => values.includes(item))
}

function isOrdered(operator: '<' | '<=' | '>' | '>=', [one, other]: readonly [unknown, unknown]): boolean {
  if (typeof one !== typeof other || (typeof one !== 'number' && typeof one !== 'string')) return false
  const order = one === other ? 0 : one < (other as typeof one) ? -1 : 1
  if (order === 0) return operator === '<=' || operator === '>='
  return order < 0 ? operator.startsWith('<') : operator.startsWith('>')
}

function exists(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === zeroTime) return false
  if (Array.isArray(value)) return value.length > 0
  return typeof value !== 'object' || Object.keys(value).length > 0
}

function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** Own attributes only: the key comes from outside. */
function attribute(object: WireObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
