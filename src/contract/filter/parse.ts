import { parsed, problem, type Parsed } from '../parsed.ts'
import type { Filter, FilterValue, ValueOperator } from './filter.ts'
import { parseValue } from './parse-value.ts'
import { FilterSyntaxError, TokenReader } from './token-reader.ts'

/** Deeper nesting than this is an attack, not a question. */
const maxDepth = 64

export interface FilterParseOptions {
  /** Operators that are refused, as filters of the event socket refuse most. */
  readonly without?: readonly ValueOperator[]
}

const negatable = new Set(['contains', 'in', 'exists'])

/**
 * Reads a filter as it stands in `q`. Evaluated from left to right without precedence: on a change from
 * `and` to `or`, or back, what was read so far becomes one group, so `a or b and c` is `(a or b) and c`.
 *
 * Stricter than the original in one thing: what the original silently drops (text after a closing
 * parenthesis too many, a conjunction at the end, two conjunctions in a row, two groups without one) is
 * an error here. A filter that loses half of itself answers a question nobody asked.
 */
export function parseFilter(text: string, options: FilterParseOptions = {}): Parsed<Filter> {
  const parser = new Parser(text, options.without ?? [])
  try {
    return parsed(parser.whole())
  } catch (error) {
    if (error instanceof FilterSyntaxError) return problem(error.message, parser.position)
    throw error
  }
}

const notInEventFilters = ['<', '<=', '>', '>=', 'contains', 'not contains', 'in', 'not in'] as const

/** Reads a filter of the event socket, which has fewer operators. Source: section 7 of the wire contract. */
export function parseEventFilter(text: string): Parsed<Filter> {
  return parseFilter(text, { without: notInEventFilters })
}

class Parser {
  readonly #tokens: TokenReader
  readonly #without: readonly string[]
  #depth = 0

  constructor(text: string, without: readonly string[]) {
    this.#tokens = new TokenReader(text)
    this.#without = without
  }

  get position(): number {
    return this.#tokens.position
  }

  whole(): Filter {
    const filter = this.#expression()
    const left = this.#tokens.next()
    if (left.kind === 'end') return filter
    throw new FilterSyntaxError(`unexpected ${left.text} after the end of the expression`)
  }

  #expression(): Filter {
    let parts = [this.#term()]
    let conjunction: 'and' | 'or' | undefined
    for (;;) {
      const next = this.#conjunction()
      if (next === undefined) break
      if (conjunction !== undefined && conjunction !== next) parts = [{ kind: conjunction, parts }]
      conjunction = next
      parts.push(this.#term())
    }
    return conjunction === undefined ? (parts[0] as Filter) : { kind: conjunction, parts }
  }

  #conjunction(): 'and' | 'or' | undefined {
    const { kind, text } = this.#tokens.peek()
    if (kind === 'end' || kind === ')') return undefined
    if (kind !== 'and' && kind !== 'or') {
      throw new FilterSyntaxError(`invalid keyword. found ${text} instead of and, or`)
    }
    this.#tokens.next()
    return kind
  }

  #term(): Filter {
    const token = this.#tokens.next()
    switch (token.kind) {
      case '(':
        return this.#group()
      case '"':
      case "'":
        return this.#comparison(this.#tokens.quoted(token.kind))
      case 'word':
        return this.#comparison(token.text)
      default:
        throw new FilterSyntaxError(`invalid start of expression. found ${token.text}`)
    }
  }

  #group(): Filter {
    if (++this.#depth > maxDepth) throw new FilterSyntaxError('too many parentheses inside each other')
    const filter = this.#expression()
    if (!this.#tokens.accept(')')) throw new FilterSyntaxError('missing ) at the end of the expression')
    this.#depth--
    return filter
  }

  #comparison(key: string): Filter {
    if (key === '') throw new FilterSyntaxError('missing name before the operator')
    if (key.startsWith('$')) throw new FilterSyntaxError(`could not start a parameter with $. Found ${key}`)
    const operator = this.#operator()
    if (operator === 'exists' || operator === 'not exists') {
      return { kind: 'existence', key, exists: operator === 'exists' }
    }
    if (this.#without.includes(operator)) throw new FilterSyntaxError(`unsupported comparator: ${operator}`)
    return { kind: 'comparison', key, operator, value: this.#value() }
  }

  #operator(): ValueOperator | 'exists' | 'not exists' {
    const negated = this.#tokens.accept('not')
    const token = this.#tokens.next()
    if (token.kind !== 'operator') {
      const wanted = '==, !=, <, <=, >, >=, contains, in, matches, exists'
      throw new FilterSyntaxError(`invalid operator. found ${token.text} instead of (${wanted})`)
    }
    const operator = token.text.toLowerCase()
    if (operator === 'notexists' && !negated) return 'not exists'
    if (!negated) return operator as ValueOperator | 'exists'
    if (negatable.has(operator)) return `not ${operator}` as ValueOperator | 'not exists'
    throw new FilterSyntaxError(`invalid usage of operator NOT before ${token.text}`)
  }

  #value(): FilterValue {
    return parseValue(this.#tokens)
  }
}
