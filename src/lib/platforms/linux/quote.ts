/**
 * Quotes one word for a POSIX shell: single quotes keep everything but themselves. Values still go
 * over standard input where they can (`runScript`), because fish and csh have rules of their own.
 */
export function quote(word: string): string {
  if (word.includes('\0')) throw new RangeError('a NUL cannot be part of a shell word')
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(word)) return word
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** Quotes words and joins them to one command line. */
export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(' ')
}
