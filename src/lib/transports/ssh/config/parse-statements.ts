import { splitLine, splitWords, type ConfigLine } from './config-line.ts'
import { otherSpellings, unusedFlags, unusedKeywords, usedKeywords, type UsedKeyword } from './keywords.ts'
import { parseCriteria } from './match-criteria.ts'
import { readValue } from './read-value.ts'
import type { Statement } from './statement.ts'

type Body = Statement extends infer One ? (One extends Statement ? Omit<One, 'place'> : never) : never

interface Source {
  readonly file: string
  /** Some values name variables, which have to be set. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Reads an ssh_config line by line; what is wrong becomes a statement that says so. */
export function parseStatements(text: string, source: Source): Statement[] {
  return text.split('\n').flatMap((line, index) => {
    const parts = splitLine(line)
    const body = parts && bodyOf(parts, source)
    return body === undefined ? [] : [{ ...body, place: `${source.file}:${index + 1}` }]
  })
}

function bodyOf(line: ConfigLine, source: Source): Body | undefined {
  const { keyword } = line
  if (line.rest === '') return wrong(`${keyword} has no value`)
  const words = splitWords(line.rest)
  if (words === undefined) return wrong(`${keyword} has a quote that is never closed`)
  if (keyword === 'match') return matchOf(words)
  if (keyword === 'host' || keyword === 'include')
    return words.includes('') ? wrong(`${keyword} has an empty value`) : blockOf(keyword, words)
  return settingOf(line, { words, environment: source.environment })
}

const wrong = (problem: string): Body => ({ type: 'wrong', problem })

function blockOf(keyword: 'host' | 'include', words: readonly string[]): Body {
  return keyword === 'host' ? { type: 'host', patterns: words } : { type: 'include', paths: words }
}

function matchOf(words: readonly string[]): Body {
  const parsed = parseCriteria(words)
  return 'problem' in parsed ? wrong(parsed.problem) : { type: 'match', ...parsed }
}

function settingOf(
  line: ConfigLine,
  given: { readonly words: readonly string[]; readonly environment: Source['environment'] },
): Body | undefined {
  const { keyword, rest } = line
  const name = usedNameOf(keyword)
  if (name === undefined && unusedKeywords.has(keyword)) return undefined
  if (name === undefined && !unusedFlags.has(keyword)) return { type: 'unknown', keyword }
  const read = readValue({ rest, ...given }, name === undefined ? { type: 'flag' } : usedKeywords[name])
  if ('problem' in read) return wrong(`${keyword} ${read.problem}`)
  if (name === undefined || read.words.length === 0) return undefined
  return { type: 'setting', keyword: name, words: read.words }
}

function usedNameOf(keyword: string): UsedKeyword | undefined {
  if (Object.hasOwn(usedKeywords, keyword)) return keyword as UsedKeyword
  return Object.hasOwn(otherSpellings, keyword) ? otherSpellings[keyword] : undefined
}
