import { formatGoDuration } from '../go-duration.ts'
import { parsed, problem, type Parsed } from '../parsed.ts'
import { isList, isTime, type Filter, type FilterScalar, type FilterValue } from './filter.ts'
import { isWordCharacter, operatorAt } from './scanner.ts'

/**
 * Writes a filter so that reading it gives the same filter: every group in parentheses, strings quoted.
 * A few strings cannot be written in this grammar at all (both kinds of quotes, where no escape works).
 */
export function printFilter(filter: Filter): Parsed<string> {
  if (filter.kind === 'existence') {
    const key = quote(filter.key)
    return key.ok ? parsed(`${key.value} ${filter.exists ? 'exists' : 'not exists'}`) : key
  }
  if (filter.kind === 'comparison') {
    const key = quote(filter.key)
    if (!key.ok) return key
    const value = printValue(filter.value)
    return value.ok ? parsed(`${key.value} ${filter.operator} ${value.value}`) : value
  }
  return join(filter.parts.map(printPart), ` ${filter.kind} `)
}

function printPart(filter: Filter): Parsed<string> {
  const text = printFilter(filter)
  return text.ok ? parsed(`(${text.value})`) : text
}

function printValue(value: FilterValue): Parsed<string> {
  if (!isList(value)) return printScalar(value)
  const list = join(value.map(printScalar), ', ')
  return list.ok ? parsed(`[${list.value}]`) : list
}

function printScalar(value: FilterScalar): Parsed<string> {
  if (typeof value === 'string') return quote(value)
  if (!isTime(value)) return parsed(String(value))
  if (value.type === 'date') return parsed(`date("${value.at}")`)
  return parsed(`now("${value.offsetMs === 0 ? '' : formatGoDuration(value.offsetMs)}")`)
}

function join(parts: readonly Parsed<string>[], separator: string): Parsed<string> {
  const texts: string[] = []
  for (const part of parts) {
    if (!part.ok) return part
    texts.push(part.value)
  }
  return parsed(texts.join(separator))
}

function quote(text: string): Parsed<string> {
  const written = quoteWith(text, '"') ?? quoteWith(text, "'")
  return written === undefined
    ? problem(`the grammar of filters has no way to write ${text}`)
    : parsed(written)
}

/** Undefined when the text has that quote where no escape works: outside a word. */
function quoteWith(text: string, mark: '"' | "'"): string | undefined {
  let written = ''
  let inWord = false
  for (const { piece, isOperator } of pieces(text)) {
    // Only inside a word does the scanner take a backslash for an escape; one that starts a word is itself.
    const escaped: boolean = inWord && (piece === '\\' || piece === mark)
    if (piece === mark && !escaped) return undefined
    written += escaped ? `\\${piece}` : piece
    inWord = escaped || (!isOperator && isWordCharacter(piece))
  }
  return `${mark}${written}${mark}`
}

/** Single characters, and symbol operators, which end a word even inside quotes. */
function* pieces(text: string): Generator<{ readonly piece: string; readonly isOperator: boolean }> {
  const characters = Array.from(text)
  for (let at = 0; at < characters.length; at++) {
    const operator = operatorAt(characters, at)
    yield { piece: operator ?? String(characters[at]), isOperator: operator !== undefined }
    if (operator?.length === 2) at++
  }
}
