/** Words of a line, or why it cannot be split. */
export type SplitLine =
  { readonly words: readonly string[] } | { readonly problem: 'no closing quote' | 'nothing after \\' }

/** A plain character, one after a backslash, or a quoted run; each as Python's shlex reads it. */
const part = /([^\s"'\\#]+)|\\([^])|"((?:[^"\\]|\\[^])*)"|'([^']*)'/y
const between = /\s*/y

/**
 * Splits a line into words as Python's `shlex.split(line, comments=True)` does: quotes may stand inside of a
 * word, and `#` begins a comment wherever no quote is open.
 */
export function splitWords(line: string): SplitLine {
  const words: string[] = []
  let at = skip(line, 0)
  while (at < line.length && line[at] !== '#') {
    const word = readWord(line, at)
    if ('problem' in word) return word
    words.push(word.text)
    if (line[word.end] === '#') break
    at = skip(line, word.end)
  }
  return { words }
}

function readWord(
  line: string,
  start: number,
):
  | { readonly text: string; readonly end: number }
  | { readonly problem: 'no closing quote' | 'nothing after \\' } {
  let text = ''
  let at = start
  while (at < line.length && !/[\s#]/.test(line[at] ?? '')) {
    part.lastIndex = at
    const match = part.exec(line)
    if (match === null) return { problem: line[at] === '\\' ? 'nothing after \\' : 'no closing quote' }
    const [whole, plain, escaped, quoted, raw] = match
    text += plain ?? escaped ?? raw ?? (quoted ?? '').replace(/\\(["\\])/g, '$1')
    at += whole.length
  }
  return { text, end: at }
}

function skip(line: string, at: number): number {
  between.lastIndex = at
  return at + (between.exec(line)?.[0].length ?? 0)
}
