export type TokenKind =
  | 'end'
  | 'space'
  | 'word'
  | 'operator'
  | 'not'
  | 'and'
  | 'or'
  | 'true'
  | 'false'
  | '('
  | ')'
  | '['
  | ']'
  | ','
  | '"'
  | "'"
  | 'other'

export interface Token {
  readonly kind: TokenKind
  /** What was written, after escapes; words keep their case. */
  readonly text: string
}

/** A token with its place in the filter: characters before it. */
export interface PlacedToken extends Token {
  readonly at: number
}

const wordCharacter = /[a-zA-Z0-9\-_@:$#./\\*<>=!]/
const symbolOperators = new Set(['==', '!=', '<', '<=', '>', '>='])
const wordOperators = new Set(['contains', 'in', 'matches', 'exists', 'notexists'])
const keywords = new Set(['and', 'or', 'not', 'true', 'false'])
const single = new Set(['(', ')', '[', ']', ',', '"', "'"])

/**
 * Cuts a filter into tokens exactly as the original scanner does, oddities included: a backslash escapes
 * the next character only inside a word, not as its first character, and inside quotes too, because what
 * stands in quotes is scanned like everything else and glued together afterwards.
 */
export function scan(input: string): readonly PlacedToken[] {
  const characters = Array.from(input)
  const tokens: PlacedToken[] = []
  let at = 0
  while (at < characters.length) {
    const [token, next] = scanToken(characters, at)
    tokens.push({ ...token, at })
    at = next
  }
  return tokens
}

/** True for characters that can be part of a word; used by the printer to know when an escape works. */
export function isWordCharacter(character: string): boolean {
  return wordCharacter.test(character)
}

/** The symbol operator that starts here, if one does: two characters before one. */
export function operatorAt(characters: readonly string[], at: number): string | undefined {
  const [first = '', second = ''] = characters.slice(at, at + 2)
  if (symbolOperators.has(first + second)) return first + second
  return symbolOperators.has(first) ? first : undefined
}

function scanToken(characters: readonly string[], at: number): readonly [Token, number] {
  const character = characters[at] ?? ''
  if (isSpace(character)) return scanSpace(characters, at)
  const operator = operatorAt(characters, at)
  if (operator !== undefined) return [{ kind: 'operator', text: operator }, at + operator.length]
  if (isWordCharacter(character)) return scanWord(characters, at)
  return [{ kind: single.has(character) ? (character as TokenKind) : 'other', text: character }, at + 1]
}

function scanSpace(characters: readonly string[], start: number): readonly [Token, number] {
  let at = start
  while (at < characters.length && isSpace(characters[at] ?? '')) at++
  return [{ kind: 'space', text: characters.slice(start, at).join('') }, at]
}

function scanWord(characters: readonly string[], start: number): readonly [Token, number] {
  let word = characters[start] ?? ''
  let at = start + 1
  while (at < characters.length && isWordCharacter(characters[at] ?? '')) {
    if (characters[at] === '\\') at++
    if (at >= characters.length || operatorAt(characters, at) !== undefined) break
    word += characters[at] ?? ''
    at++
  }
  return [{ kind: wordKind(word), text: word }, at]
}

function wordKind(word: string): TokenKind {
  const lower = word.toLowerCase()
  if (keywords.has(lower)) return lower as TokenKind
  return wordOperators.has(lower) ? 'operator' : 'word'
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\n'
}
