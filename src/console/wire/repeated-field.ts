/**
 * The first field that an object of a JSON text has twice, at any depth, however it is escaped; undefined
 * without one. Parsers disagree about which of the two counts, so that a filter in front of the Console could
 * see one and the Console the other. For texts that were parsed: what is no JSON is not noticed.
 */
export function repeatedField(text: string): string | undefined {
  const open: (Set<string> | 'list')[] = []
  let isKey = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      const end = endOfString(text, at)
      const fields = open.at(-1)
      if (isKey && fields instanceof Set) {
        const name = JSON.parse(text.slice(at, end)) as string
        if (fields.has(name)) return name
        fields.add(name)
      }
      isKey = false
      at = end - 1
    } else {
      isKey = follow(character, open) ?? isKey
    }
  }
  return undefined
}

/** Opens and closes; says whether a name comes next, where that changes. */
function follow(character: string | undefined, open: (Set<string> | 'list')[]): boolean | undefined {
  if (character === '{') open.push(new Set())
  else if (character === '[') open.push('list')
  else if (character === '}' || character === ']') open.pop()
  else if (character !== ',') return undefined
  return character === '{' || (character === ',' && open.at(-1) !== 'list')
}

/** Where a text that begins at `start` is over. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
  }
  return text.length
}
