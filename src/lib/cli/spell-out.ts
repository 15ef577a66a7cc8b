/** What of a flag's definition decides how its words are read. */
interface FlagShape {
  readonly type: string
  readonly char?: string
  readonly aliases?: readonly string[]
  readonly helpValue?: string | readonly string[]
}

type FlagShapes = Readonly<Record<string, FlagShape>>

/**
 * Writes two things in the words of the framework, which knows neither: flags that take two words
 * (`-k name acme` becomes `--key=name=acme`), and `--json=name,ID` (becomes `--json --column=name,ID`).
 */
export function spellOut(argv: readonly string[], flags: FlagShapes): string[] {
  const words: string[] = []
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    if (word === '--') return [...words, ...argv.slice(at)]
    const pair = pairNamed(word, flags)
    if (pair !== undefined) {
      const [name, taken] = takePair(argv.slice(at + 1), flags)
      words.push(name === undefined ? `--${pair}` : `--${pair}=${name}`)
      at += taken
    } else if (word.startsWith('--json=') && 'column' in flags)
      words.push('--json', `--column=${word.slice('--json='.length)}`)
    else words.push(word)
  }
  return words
}

/** The name of the flag of two words that this word is. */
function pairNamed(word: string, flags: FlagShapes): string | undefined {
  const found = Object.entries(flags).find(
    ([name, { helpValue, char }]) =>
      helpValue === 'NAME VALUE' && (word === `--${name}` || word === `-${char ?? ''}`),
  )
  return found?.[0]
}

/** `name=value` is all in one word. A value may begin with a dash, unless it is one of the flags. */
function takePair(rest: readonly string[], flags: FlagShapes): [string | undefined, number] {
  const [name, value] = rest
  if (name === undefined || isFlag(name, flags)) return [undefined, 0]
  if (name.includes('=')) return [name, 1]
  if (value === undefined || isFlag(value, flags)) return [name, 1]
  return [`${name}=${value}`, 2]
}

function isFlag(word: string, flags: FlagShapes): boolean {
  return Object.entries(flags).some(
    ([name, { char, aliases = [] }]) =>
      word === `-${char ?? ''}` || [name, ...aliases].some((long) => word === `--${long}`),
  )
}
