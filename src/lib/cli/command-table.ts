import { nearestWords } from '../errors/nearest-words.ts'
import type { ApoctlCommand } from './base-command.ts'
import { wordsFirst } from './words-first.ts'

export type CommandClass = new (...args: ConstructorParameters<typeof ApoctlCommand>) => ApoctlCommand

/** Every command by its words (`preflight linux`), each loaded only when it is the one to run. */
export type CommandTable = Readonly<Record<string, () => Promise<{ readonly default: CommandClass }>>>

export type Resolution =
  | { readonly type: 'command'; readonly words: string; readonly rest: readonly string[] }
  | { readonly type: 'help'; readonly words: string }
  | { readonly type: 'version' }
  | { readonly type: 'unknown'; readonly words: string; readonly meant: readonly string[] }

/** Other spellings of a word of a command, from the original apoctl and its guides. */
const spellings: Readonly<Record<string, string>> = { k8s: 'kubernetes', 'linux-remote': 'linux' }
/** Other spellings that are meant so only at the beginning of the line. */
const openings: readonly (readonly [spelling: readonly string[], meaning: readonly string[]])[] = [
  [['profile'], ['profiles']],
  [
    ['profiles', 'set'],
    ['profiles', 'use'],
  ],
  [['appcreds'], ['appcred']],
  [
    ['enforcer', 'switch-to'],
    ['enforcer', 'upgrade'],
  ],
  [['completion'], ['autocomplete']],
  [
    ['auth', 'pcc'],
    ['auth', 'pc-token'],
  ],
  [
    ['auth', 'pcc-token'],
    ['auth', 'pc-token'],
  ],
]

/**
 * Finds what a command line asks for: the longest run of leading words that names a command. A few flags
 * may stand before its last words; `help x` and `x --help` are the same page.
 */
export function resolveCommand(typed: readonly string[], ids: readonly string[]): Resolution {
  const argv = wordsFirst(typed)
  const words = documentedWords(leadingWords(argv))
  if (argv[0] === '--version' || words[0] === 'version') return { type: 'version' }
  if (words[0] === 'help') return helpFor(words.slice(1), ids)
  return findCommand({ argv, words }, ids) ?? noCommand({ argv, words }, ids)
}

interface Line {
  readonly argv: readonly string[]
  readonly words: readonly string[]
}

function findCommand({ argv, words }: Line, ids: readonly string[]): Resolution | undefined {
  for (let length = words.length; length > 0; length -= 1) {
    const id = words.slice(0, length).join(' ')
    if (!ids.includes(id)) continue
    return wantsHelp(argv)
      ? { type: 'help', words: id }
      : { type: 'command', words: id, rest: argv.slice(length) }
  }
  return undefined
}

function noCommand({ argv, words }: Line, ids: readonly string[]): Resolution {
  const [first] = argv
  const isFlagAlone = words.length === 0 && first !== undefined && !wantsHelp(argv)
  return isFlagAlone ? { type: 'unknown', words: first, meant: [] } : helpFor(words, ids)
}

function helpFor(words: readonly string[], ids: readonly string[]): Resolution {
  const topic = words.join(' ')
  if (topic === '' || ids.some((id) => id === topic || id.startsWith(`${topic} `)))
    return { type: 'help', words: topic }
  return { type: 'unknown', words: topic, meant: nearestWords(topic, ids) }
}

/** The words as they are documented; none is ever added or lost. */
function documentedWords(typed: readonly string[]): readonly string[] {
  const words = typed.map((word) => spellings[word] ?? word)
  return openings.reduce<readonly string[]>(
    (line, [spelling, meaning]) =>
      spelling.every((word, at) => line[at] === word) ? [...meaning, ...line.slice(spelling.length)] : line,
    words,
  )
}

function leadingWords(argv: readonly string[]): string[] {
  const end = argv.findIndex((word) => word.startsWith('-'))
  return [...(end === -1 ? argv : argv.slice(0, end))]
}

function wantsHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  return own.includes('--help') || own.includes('-h')
}
