/** Whether `*` and `?` of a pattern cover a text; nothing else is special, as in ssh_config. */
export function covers(pattern: string, text: string): boolean {
  let [at, inText] = [0, 0]
  let star = -1
  let retryFrom = 0
  while (inText < text.length) {
    if (pattern[at] === '*') {
      star = at
      retryFrom = inText
      at += 1
    } else if (pattern[at] === '?' || pattern[at] === text[inText]) {
      at += 1
      inText += 1
    } else if (star !== -1) {
      // The last star takes one letter more. Going back to it alone is enough, and never slow.
      at = star + 1
      retryFrom += 1
      inText = retryFrom
    } else return false
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}

/** Whether a list of patterns covers a text; one that is negated with `!` and covers it says no at once. */
export function listCovers(patterns: readonly string[], text: string): boolean {
  let found = false
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (covers(pattern.slice(1), text)) return false
    } else found ||= covers(pattern, text)
  }
  return found
}
