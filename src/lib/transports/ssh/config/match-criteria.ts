import { isIP } from 'node:net'

const withArgument = [
  'host',
  'originalhost',
  'user',
  'localuser',
  'localnetwork',
  'tagged',
  'command',
  'version',
  'sessiontype',
  'exec',
] as const

/** One condition of a Match; all of them have to hold. */
export type MatchCriterion = { readonly negated: boolean } & (
  | { readonly name: 'all' | 'canonical' | 'final' }
  | { readonly name: ConditionWithArgument; readonly argument: string }
)

type ConditionWithArgument = (typeof withArgument)[number]

type Parsed = { readonly criteria: readonly MatchCriterion[] } | { readonly problem: string }

/** Reads the words after Match. */
export function parseCriteria(words: readonly string[]): Parsed {
  const criteria: MatchCriterion[] = []
  const left = [...words]
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const read = criterionOf(word, left)
    if ('problem' in read) return read
    criteria.push(read)
  }
  if (criteria.length === 0) return { problem: 'match needs a condition' }
  // OpenSSH lets one condition stand before "all", which then decides alone with it.
  const all = criteria.findIndex(({ name }) => name === 'all')
  if (all !== -1 && (all > 1 || all < criteria.length - 1))
    return { problem: 'match all cannot be combined with other conditions' }
  return { criteria }
}

function criterionOf(word: string, left: string[]): MatchCriterion | { readonly problem: string } {
  const negated = word.startsWith('!')
  const [, written = '', sign, inline = ''] = /^!?([^=]*)(=?)(.*)$/s.exec(word) ?? []
  const name = written.toLowerCase()
  if (sign === '' && isSimple(name)) return { name, negated }
  const known = withArgument.find((one) => one === name)
  if (known === undefined) return { problem: `match does not know the condition "${word}"` }
  const argument = sign === '' ? left.shift() : inline
  const problem = problemWith(argument, known)
  return problem === undefined ? { name: known, negated, argument: argument ?? '' } : { problem }
}

function problemWith(argument: string | undefined, name: ConditionWithArgument): string | undefined {
  const mayBeEmpty = name === 'tagged' || name === 'command'
  if (argument === undefined || (argument === '' && !mayBeEmpty)) return `match ${name} needs a value`
  if (name !== 'localnetwork' || argument.split(',').every(isNetwork)) return undefined
  return `match localnetwork takes networks such as 10.0.0.0/8, not "${argument}"`
}

function isSimple(name: string): name is 'all' | 'canonical' | 'final' {
  return name === 'all' || name === 'canonical' || name === 'final'
}

function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^!?([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = isIP(address)
  return family !== 0 && Number(bits ?? 0) <= (family === 4 ? 32 : 128)
}
