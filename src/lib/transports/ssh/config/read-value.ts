import { wrongAlgorithms } from '../algorithms.ts'
import { environmentProblem } from './expand.ts'
import { hopsOf } from './hops.ts'
import type { ValueKind } from './keywords.ts'

/** The arguments of a keyword, as one line has them. */
export interface Arguments {
  readonly rest: string
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What a value comes to, in one spelling; or what is wrong with it, as the end of a sentence. */
export type Reading = { readonly words: readonly string[] } | { readonly problem: string }

type Single = { readonly word: string } | { readonly problem: string }

/** Reads the arguments of a keyword. Whatever ssh would refuse comes back as a problem. */
export function readValue(given: Arguments, kind: ValueKind): Reading {
  if (kind.type === 'command') return { words: [withoutSign(given.rest)] }
  if (kind.type === 'jump') return jump(withoutSign(given.rest))
  if (kind.type === 'files' || kind.type === 'domains' || kind.type === 'cnames')
    return several(given.words, kind.type)
  return alone(given, kind)
}

type SingleKind = Exclude<ValueKind, { readonly type: 'command' | 'jump' | 'files' | 'domains' | 'cnames' }>

function alone(given: Arguments, kind: SingleKind): Reading {
  const [word, ...more] = given.words
  if (word === undefined || word === '') return { problem: 'has no value' }
  const read = single({ ...given, word }, kind)
  if ('problem' in read) return read
  if (more.length > 0) return { problem: 'takes one value, and there are more' }
  // No time is the same as nothing said: a later line may still say something.
  return { words: kind.type === 'time' && read.word === 'none' ? [] : [read.word] }
}

function single(given: Arguments & { readonly word: string }, kind: SingleKind): Single {
  const { word } = given
  switch (kind.type) {
    case 'flag':
      return chosen(word, { yes: 'yes', true: 'yes', no: 'no', false: 'no' })
    case 'choice':
      return chosen(word, kind.words)
    case 'text':
      return { word }
    case 'time':
      return time(word)
    case 'count':
      return count(word)
    case 'port':
      return port(word)
    case 'agent':
      return agent(word, given.environment)
    case 'algorithms':
      return algorithms(word, kind.family)
  }
}

function withoutSign(rest: string): string {
  return rest.replace(/^[ \t\r\n=]+/, '')
}

function chosen(word: string, words: Readonly<Record<string, string>>): Single {
  const found = Object.hasOwn(words, word.toLowerCase()) ? words[word.toLowerCase()] : undefined
  if (found !== undefined) return { word: found }
  const names = Object.keys(words)
    .filter((name) => name !== 'true' && name !== 'false')
    .join(', ')
  return { problem: `is one of ${names}, not "${word}"` }
}

const largest = 2 ** 31 - 1
const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

function time(word: string): Single {
  if (word === 'none') return { word }
  const wrong = { problem: `is a time such as 90 or 1h30m, not "${word}"` }
  if (!/^(\d+[smhdw])*\d*$/i.test(word)) return wrong
  const parts = [...word.matchAll(/(\d+)([smhdw]?)/gi)]
  const seconds = parts.reduce(
    (sum, [, digits, unit]) => sum + Number(digits) * (secondsIn[unit?.toLowerCase() ?? ''] ?? 1),
    0,
  )
  return seconds > largest ? wrong : { word: String(seconds) }
}

function count(word: string): Single {
  const value = /^\+?\d+$/.test(word) ? Number(word) : Number.NaN
  return value <= largest ? { word: String(value) } : { problem: `is a number, not "${word}"` }
}

function port(word: string): Single {
  const value = /^\+?\d+$/.test(word) ? Number(word) : 0
  if (value >= 1 && value <= 65_535) return { word: String(value) }
  return { problem: `is a number from 1 to 65535, not "${word}"` }
}

function agent(word: string, environment: Arguments['environment']): Single {
  const problem = environmentProblem(word, environment)
  if (problem !== undefined) return { problem }
  if (/^\$(?!\{)/.test(word) && !/^\$\w+$/.test(word))
    return { problem: `is no name of a variable: "${word}"` }
  return { word }
}

function algorithms(word: string, family: Parameters<typeof wrongAlgorithms>[1]): Single {
  const wrong = wrongAlgorithms(word, family)
  return wrong === undefined ? { word } : { problem: `names an algorithm that does not exist: "${wrong}"` }
}

function jump(value: string): Reading {
  const hops = hopsOf(value)
  return hops === undefined ? { problem: `is a list of [user@]host[:port], not "${value}"` } : { words: hops }
}

/** Lists; none is allowed alone. */
function several(words: readonly string[], type: 'files' | 'domains' | 'cnames'): Reading {
  if (words.some((word) => word.toLowerCase() === 'none') && words.length > 1)
    return { problem: 'is none or a list, not both' }
  if (type === 'files') return words.includes('') ? { problem: 'has an empty value' } : { words }
  const lower = words.map((word) => word.toLowerCase())
  const wrong = lower.find((word) => !(type === 'domains' ? isDomain(word) : isCnameRule(word)))
  if (wrong !== undefined) return { problem: `has a value that it cannot have: "${wrong}"` }
  return { words: type === 'domains' ? lower.map((word) => word.replace(/\.$/, '')) : lower }
}

function isDomain(word: string): boolean {
  return /^[a-z0-9][a-z0-9._-]*$/.test(word) && !word.includes('..')
}

function isCnameRule(word: string): boolean {
  return word === 'none' || word === '*' || /^[^:]*:./.test(word)
}
