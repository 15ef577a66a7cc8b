/** One line of an ssh_config, taken apart as OpenSSH does: the rules are older than its own quoting. */
export interface ConfigLine {
  /** Lower case. */
  readonly keyword: string
  /** What follows, as it was written; some keywords take all of it. */
  readonly rest: string
}

const blank = ' \t\r\n'

/** Takes a line apart; `undefined` for one that is empty or a comment. */
export function splitLine(text: string): ConfigLine | undefined {
  let cut = nextWord(text.replace(/[ \t\r\n\f]+$/, ''))
  // White space at the start is an empty word.
  if (cut?.word === '') cut = nextWord(cut.rest)
  if (cut === undefined || cut.word === '' || cut.word.startsWith('#')) return undefined
  return { keyword: cut.word.toLowerCase(), rest: trimStart(cut.rest) }
}

/** Up to white space or one `=`; double quotes hold a word together and may stand in its middle. */
function nextWord(text: string): { readonly word: string; readonly rest: string } | undefined {
  const at = text.search(/[ \t\r\n"=]/)
  if (at === -1) return { word: text, rest: '' }
  if (text[at] === '"') {
    const close = text.indexOf('"', at + 1)
    if (close === -1) return undefined
    return { word: text.slice(0, at) + text.slice(at + 1, close), rest: trimStart(text.slice(close + 1)) }
  }
  const rest = trimStart(text.slice(at + 1))
  const skipsSign = text[at] !== '=' && rest.startsWith('=')
  return { word: text.slice(0, at), rest: skipsSign ? trimStart(rest.slice(1)) : rest }
}

function trimStart(text: string): string {
  let at = 0
  while (at < text.length && blank.includes(text[at] ?? '')) at += 1
  return text.slice(at)
}

/**
 * Splits arguments: quotes of both kinds, a backslash before a quote, a backslash or a blank, and a `#`
 * that starts a word ends the line. `undefined` when a quote is never closed.
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = []
  let at = 0
  while (at < text.length) {
    if (isBlank(text[at])) {
      at += 1
      continue
    }
    if (text[at] === '#') break
    const found = wordAt(text, at)
    if (found === undefined) return undefined
    words.push(found.word)
    at = found.end
  }
  return words
}

function wordAt(text: string, start: number): { readonly word: string; readonly end: number } | undefined {
  let word = ''
  let quote = ''
  let at = start
  for (; at < text.length && !isEnd(text[at], quote); at += 1) {
    const letter = text[at] ?? ''
    if (letter === quote) quote = ''
    else if (quote === '' && isQuote(letter)) quote = letter
    else if (isEscape(text.slice(at, at + 2), quote)) word += text[(at += 1)] ?? ''
    else word += letter
  }
  return quote === '' ? { word, end: at } : undefined
}

function isEnd(letter: string | undefined, quote: string): boolean {
  return quote === '' && isBlank(letter)
}

function isQuote(letter: string): boolean {
  return letter === '"' || letter === "'"
}

/** A backslash counts before quotes and itself, and before a blank that no quotes hold. */
function isEscape(pair: string, quote: string): boolean {
  return /^\\['"\\]$/.test(pair) || (quote === '' && pair === '\\ ')
}

function isBlank(letter: string | undefined): boolean {
  return letter === ' ' || letter === '\t'
}
