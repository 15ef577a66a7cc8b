import { parsed, problem, type Parsed } from '../../contract/parsed.ts'
import { maxDepth } from './encoding.ts'
import { repeatedField } from './repeated-field.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** JSON that is UTF-8, not nested beyond reason, and names nothing that JavaScript gives a meaning of its own. */
export function decodeJson(bytes: Buffer): Parsed<unknown> {
  const text = decode(bytes)
  if (text === undefined) return problem('it is not UTF-8')
  if (depthOf(text) > maxDepth) return problem(`it is nested deeper than ${maxDepth}`)
  let flaw: string | undefined
  try {
    const value = JSON.parse(text, (key: string, item: unknown) => {
      flaw ??= flawOf(key, item)
      return item
    }) as unknown
    const repeated = flaw === undefined ? repeatedField(text) : undefined
    if (repeated !== undefined) return problem(`it has the field '${repeated.slice(0, 100)}' twice`)
    return flaw === undefined ? parsed(value) : problem(flaw)
  } catch {
    return problem('it is not JSON')
  }
}

/** Half of a pair of surrogates is no letter, and could not be written as UTF-8 again. */
function flawOf(key: string, value: unknown): string | undefined {
  if (key === '__proto__') return "it has a field '__proto__'"
  const isBroken = halfLetter.test(key) || (typeof value === 'string' && halfLetter.test(value))
  return isBroken ? 'it has half a letter' : undefined
}

/** A surrogate without the other one of its pair. */
const halfLetter = /\p{Surrogate}/u

function decode(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** Counted before parsing: a parser that recurses is what the attack is for. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (inString && character === '\\') at++
    else if (character === '"') inString = !inString
    else if (!inString) {
      depth += nesting[character ?? ''] ?? 0
      deepest = Math.max(deepest, depth)
    }
  }
  return deepest
}

const nesting: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 }
