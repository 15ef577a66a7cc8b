/** What of a flag's definition decides how its words are read. */
interface FlagShape {
  readonly type: string
  readonly char?: string
  readonly aliases?: readonly string[]
  readonly helpValue?: string | readonly string[]
}

type FlagShapes = Readonly<Record<string, FlagShape>>

/**
 * Writes three things in the words of the framework, which knows none of them: flags that take two words
 * (`-k name acme` becomes `--key=name=acme`), values that begin with a dash (`-O -name` becomes
 * `--order= -name`: without the blank it is `-n ame`), and `--json=name,ID` (becomes `--json
 * --column=name,ID`).
 */
export function spellOut(argv: readonly string[], flags: FlagShapes): string[] {
  const words: string[] = []
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    if (word === '--') return [...words, ...argv.slice(at)]
    const special = specialFlag(word, flags)
    if (special !== undefined) {
      const [value, taken] = special.take(argv.slice(at + 1), flags)
      words.push(value === undefined ? `--${special.name}` : `--${special.name}=${value}`)
      at += taken
    } else words.push(...oneWord(word, flags))
  }
  return words
}

function oneWord(word: string, flags: FlagShapes): string[] {
  const [, name = '', value = ''] = /^--([\w-]+)=(.*)$/s.exec(word) ?? []
  if (name === 'json' && 'column' in flags) return ['--json', `--column=${value}`]
  if (value.startsWith('-') && flags[name]?.helpValue === dashed) return [`--${name}= ${value}`]
  return [word]
}

/** What stands behind a flag as its value, and how many words that are. */
type Take = (rest: readonly string[], flags: FlagShapes) => [string | undefined, number]

/** What the help of such a flag says it takes. */
const dashed = '[-]NAME'
const takes: Readonly<Record<string, Take>> = { 'NAME VALUE': takePair, [dashed]: takeDashed }

/** The flag that this word is, when the framework would not understand what stands behind it. */
function specialFlag(word: string, flags: FlagShapes): { name: string; take: Take } | undefined {
  const found = Object.entries(flags).find(
    ([name, { char }]) => word === `--${name}` || word === `-${char ?? ''}`,
  )
  const take = takes[String(found?.[1].helpValue)]
  return found === undefined || take === undefined ? undefined : { name: found[0], take }
}

function takeDashed([value]: readonly string[], flags: FlagShapes): ReturnType<Take> {
  return value === undefined || isFlag(value, flags) ? [undefined, 0] : [` ${value}`, 1]
}

/** `name=value` is all in one word. A value may begin with a dash, unless it is one of the flags. */
function takePair([name, value]: readonly string[], flags: FlagShapes): ReturnType<Take> {
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
