/** A whole number that is safe to count with; null for anything else. */
export function numberOf(text: string | null): number | null {
  if (text === null || !/^-?\d{1,18}$/.test(text)) return null
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : null
}

/** The kernel's way of saying yes and no. */
export function truthOf(text: string | null): boolean | null {
  if (text === '1') return true
  return text === '0' ? false : null
}

/** `name rest of the line` as a pair. */
export function splitName(line: string): readonly [name: string, rest: string] {
  const space = line.indexOf(' ')
  return space === -1 ? [line, ''] : [line.slice(0, space), line.slice(space + 1).trim()]
}

/** Modules have one name and two spellings; files and modprobe mix them. */
export function moduleName(name: string): string {
  return name.replaceAll('-', '_')
}
