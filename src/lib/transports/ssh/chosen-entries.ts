import { configError, type ConfigEntry } from './config-file.ts'
import { listCovers } from './glob.ts'
import type { SshContext, SshTarget } from './ssh-context.ts'

/** The entries that apply to one host. */
export interface ChosenEntries {
  word(keyword: string): string | undefined
  words(keyword: string): readonly string[] | undefined
  number(keyword: string): number | undefined
  flag(keyword: string): boolean | undefined
  /** Every value, for keywords that add up. */
  all(keyword: string): string[]
  entry(keyword: string): ConfigEntry | undefined
}

/** Picks the entries that apply, in order: the first of a keyword wins. */
export function chooseEntries(
  entries: readonly ConfigEntry[],
  where: { readonly target: SshTarget; readonly context: SshContext },
): ChosenEntries {
  const applies = (entry: ConfigEntry): boolean =>
    entry.conditions.every((condition) => holds(condition, where))
  const kept = entries.filter(applies)
  const entry = (keyword: string) => kept.find((candidate) => candidate.keyword === keyword)
  return {
    entry,
    word: (keyword) => entry(keyword)?.words[0],
    words: (keyword) => entry(keyword)?.words,
    all: (keyword) => kept.filter((found) => found.keyword === keyword).map(({ words }) => words[0] ?? ''),
    number: (keyword) => numberOf(entry(keyword)),
    flag: (keyword) => flagOf(entry(keyword)),
  }
}

function holds(
  condition: ConfigEntry['conditions'][number],
  where: { readonly target: SshTarget; readonly context: SshContext },
): boolean {
  const { target, context } = where
  if (condition.kind === 'host') return listCovers(condition.words, target.host)
  const criteria = condition.words.map((word) => word.toLowerCase())
  if (criteria[0] === 'all') return true
  const subjects: Readonly<Record<string, string>> = {
    host: target.host,
    originalhost: target.host,
    user: target.user ?? context.localUser,
    localuser: context.localUser,
  }
  for (let index = 0; index < criteria.length; index += 2) {
    const subject = subjects[criteria[index] ?? '']
    // exec, canonical, final, …: not evaluated, and a block that may not apply is left out.
    if (subject === undefined) return false
    if (!listCovers((condition.words[index + 1] ?? '').split(','), subject)) return false
  }
  return true
}

function numberOf(entry: ConfigEntry | undefined): number | undefined {
  if (entry === undefined) return undefined
  const word = entry.words[0] ?? ''
  if (!/^\d+$/.test(word) || (entry.keyword === 'port' && Number(word) > 65_535))
    throw configError(entry, `${entry.keyword} is a number, not "${word}"`)
  return Number(word)
}

function flagOf(entry: ConfigEntry | undefined): boolean | undefined {
  if (entry === undefined) return undefined
  const word = entry.words[0]?.toLowerCase() ?? ''
  if (['yes', 'true'].includes(word)) return true
  if (['no', 'false'].includes(word)) return false
  throw configError(entry, `${entry.keyword} is yes or no, not "${word}"`)
}
