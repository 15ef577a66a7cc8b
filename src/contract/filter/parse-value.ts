import { parseGoDuration } from '../go-duration.ts'
import type { FilterScalar, FilterTime, FilterValue } from './filter.ts'
import type { Token } from './scanner.ts'
import { FilterSyntaxError, type TokenReader } from './token-reader.ts'

const integer = /^[+-]?\d+$/
const float = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const dateForms = [
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/,
  /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/,
  /^\d{4}-\d{2}-\d{2}$/,
]

/** Reads what stands after an operator: one value, or several in brackets. */
export function parseValue(tokens: TokenReader): FilterValue {
  if (!tokens.accept('[')) return parseScalar(tokens)
  const values: FilterScalar[] = []
  for (;;) {
    const { kind, text } = tokens.peek()
    if (kind === 'end' || kind === '(' || kind === ')') {
      throw new FilterSyntaxError(`invalid end of array. found ${text}`)
    }
    if (tokens.accept(']')) return values
    if (!tokens.accept(',')) values.push(parseScalar(tokens))
  }
}

function parseScalar(tokens: TokenReader): FilterScalar {
  const token = tokens.next()
  switch (token.kind) {
    case '"':
    case "'":
      return tokens.quoted(token.kind)
    case 'true':
      return true
    case 'false':
      return false
    case 'word':
      return parseWord(token, tokens)
    default:
      throw new FilterSyntaxError(`invalid value. found ${token.text}`)
  }
}

function parseWord({ text }: Token, tokens: TokenReader): FilterScalar {
  if (integer.test(text) || float.test(text)) return Number(text)
  if (text === 'date' || text === 'now') return parseTime(text, tokens)
  const after = tokens.peek()
  if (after.kind === '"' || after.kind === "'") {
    throw new FilterSyntaxError(`missing quote before the value: ${text}`)
  }
  if (after.kind === 'word') {
    throw new FilterSyntaxError(`missing parentheses to protect value: ${text} ${after.text}`)
  }
  return text
}

function parseTime(name: 'date' | 'now', tokens: TokenReader): FilterTime {
  if (!tokens.accept('('))
    throw new FilterSyntaxError(`invalid value. ${name} needs ( after it, or quotes around it`)
  let inside = ''
  for (;;) {
    const token = tokens.nextRaw()
    if (token.kind === ')') break
    if (token.kind === 'end' || token.kind === '(')
      throw new FilterSyntaxError(`missing ) after ${name}(${inside}`)
    inside += token.text
  }
  const argument = inside.replace(/^[ "]+|[ "]+$/g, '')
  return name === 'date' ? dateOf(argument) : nowOf(argument)
}

function dateOf(text: string): FilterTime {
  const utc = text.length === 16 ? `${text.replace(' ', 'T')}:00Z` : text
  const date = new Date(utc)
  if (!dateForms.some((form) => form.test(text)) || Number.isNaN(date.getTime())) {
    throw new FilterSyntaxError(`unable to parse date format ${text}`)
  }
  return { type: 'date', at: date.toISOString() }
}

function nowOf(text: string): FilterTime {
  const offset = text === '' ? 0 : undefined
  if (offset !== undefined) return { type: 'now', offsetMs: offset }
  const duration = parseGoDuration(text)
  if (!duration.ok) throw new FilterSyntaxError(`unable to parse duration ${text}: ${duration.problem}`)
  return { type: 'now', offsetMs: duration.value }
}
