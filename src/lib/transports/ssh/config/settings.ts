import type { UsedKeyword } from './keywords.ts'

/** What one keyword was set to, and where. */
export interface Setting {
  readonly keyword: UsedKeyword
  readonly words: readonly string[]
  readonly place: string
}

/** What has been decided about one host so far. */
export interface Settings {
  at(keyword: UsedKeyword): Setting | undefined
  word(keyword: UsedKeyword): string | undefined
  words(keyword: UsedKeyword): readonly string[] | undefined
  number(keyword: UsedKeyword): number | undefined
  flag(keyword: UsedKeyword): boolean | undefined
  /** Every value, for the keywords that add up. */
  every(keyword: 'identityfile' | 'certificatefile'): readonly Setting[]
}

/** Settings that are still being collected. */
export interface SettingsBook extends Settings {
  /** The first value of a keyword stays; those that add up are added. */
  take(setting: Setting): void
}

export function createSettings(): SettingsBook {
  const first = new Map<UsedKeyword, Setting>()
  const added: Setting[] = []
  const word = (keyword: UsedKeyword) => first.get(keyword)?.words[0]
  return {
    at: (keyword) => first.get(keyword),
    word,
    words: (keyword) => first.get(keyword)?.words,
    number: (keyword) => numberOf(word(keyword)),
    flag: (keyword) => flagOf(word(keyword)),
    every: (keyword) => added.filter((setting) => setting.keyword === keyword),
    take(setting) {
      const { keyword } = setting
      if (keyword === 'identityfile' || keyword === 'certificatefile') {
        if (!added.some((other) => isSame(other, setting))) added.push(setting)
      } else if (!first.has(keyword) && !isLate(setting, first)) first.set(keyword, setting)
    },
  }
}

/** Of ProxyJump and ProxyCommand the one that comes first wins; "ProxyJump none" stands beside a command. */
function isLate({ keyword, words }: Setting, first: ReadonlyMap<UsedKeyword, Setting>): boolean {
  if (keyword === 'proxycommand') return first.has('proxyjump')
  return keyword === 'proxyjump' && words[0] !== 'none' && first.has('proxycommand')
}

function isSame(one: Setting, other: Setting): boolean {
  return one.keyword === other.keyword && one.words[0] === other.words[0]
}

function numberOf(word: string | undefined): number | undefined {
  return word === undefined ? undefined : Number(word)
}

function flagOf(word: string | undefined): boolean | undefined {
  return word === undefined ? undefined : word === 'yes'
}
