/** What a value has to look like. Objects may have more fields than expected; lists match item by item. */
export type Expected =
  | string
  | number
  | boolean
  | null
  | RegExp
  | Rule
  | readonly Expected[]
  | { readonly [name: string]: Expected }

type Describe = (actual: unknown, parts: readonly Expected[]) => string | undefined

/** A rule of its own, made of expectations: says what is wrong, or nothing. */
export class Rule {
  readonly #parts: readonly Expected[]
  readonly #describe: Describe

  constructor(parts: readonly Expected[], describe: Describe) {
    this.#parts = parts
    this.#describe = describe
  }

  describe(actual: unknown): string | undefined {
    return this.#describe(actual, this.#parts)
  }

  /** The same rule about other expectations. */
  map(change: (part: Expected) => Expected): Rule {
    return new Rule(this.#parts.map(change), this.#describe)
  }
}

/** Every way in which a value is not as expected; empty when it is. */
export function mismatches(expected: Expected, actual: unknown, at = ''): string[] {
  const where = at === '' ? '' : `${at}: `
  if (expected instanceof Rule) {
    const problem = expected.describe(actual)
    return problem === undefined ? [] : [`${where}${problem}`]
  }
  if (expected instanceof RegExp) {
    return typeof actual === 'string' && expected.test(actual)
      ? []
      : [`${where}${show(actual)} does not match ${expected}`]
  }
  if (Array.isArray(expected)) return listMismatches(expected as readonly Expected[], actual, at)
  if (typeof expected === 'object' && expected !== null) {
    if (!isRecord(actual)) return [`${where}${show(actual)} is not an object`]
    return Object.entries(expected).flatMap(([name, value]) =>
      mismatches(value, actual[name], at === '' ? name : `${at}.${name}`),
    )
  }
  return Object.is(expected, actual) ? [] : [`${where}${show(actual)} instead of ${show(expected)}`]
}

function listMismatches(expected: readonly Expected[], actual: unknown, at: string): string[] {
  const where = at === '' ? '' : `${at}: `
  if (!Array.isArray(actual)) return [`${where}${show(actual)} is not a list`]
  if (actual.length !== expected.length) {
    return [`${where}${actual.length} items instead of ${expected.length}: ${show(actual)}`]
  }
  return expected.flatMap((item, index) => mismatches(item, actual[index], `${at}[${index}]`))
}

const rule = (text: string, holds: (actual: unknown) => boolean): Rule =>
  new Rule([], (actual) => (holds(actual) ? undefined : `${show(actual)} is not ${text}`))
const ruleOf = (
  parts: readonly Expected[],
  { text, holds }: { text: string; holds: (actual: unknown, parts: readonly Expected[]) => boolean },
): Rule =>
  new Rule(parts, (actual, those) =>
    holds(actual, those) ? undefined : `${show(actual)} is not ${text} ${show(those)}`,
  )
const matches = (expected: Expected, actual: unknown): boolean => mismatches(expected, actual).length === 0
const itemsOf = (actual: unknown): readonly unknown[] => (Array.isArray(actual) ? (actual as unknown[]) : [])

/** Not there at all. */
export const absent = rule('absent', (actual) => actual === undefined)
export const nonEmptyText = rule('a text', (actual) => typeof actual === 'string' && actual !== '')
export const anyText = rule('a text', (actual) => typeof actual === 'string')
export const anyBoolean = rule('true or false', (actual) => typeof actual === 'boolean')
/** §1.5: null collections may appear as null or as empty. */
export const empty = rule(
  'empty',
  (actual) => actual === null || (typeof actual === 'object' && Object.keys(actual).length === 0),
)
export const nothingOrEmpty = rule(
  'absent or empty',
  (actual) => actual === undefined || actual === '' || actual === null,
)
/** Not the zero time, and a time. */
export const moment = rule(
  'a moment',
  (actual) => typeof actual === 'string' && Date.parse(actual) > 0 && /T.*(Z|[+-]\d\d:\d\d)$/.test(actual),
)
/** A timestamp of msgpack, at this moment unless any will do. */
export const timestamp = (at?: string): Rule =>
  rule(
    `a timestamp ${at ?? ''}`,
    (actual) =>
      actual instanceof Date &&
      (at === undefined ? actual.getTime() > 0 : actual.getTime() === Date.parse(at)),
  )
export const zeroTime = '0001-01-01T00:00:00Z'

export const oneOf = (...values: readonly Expected[]): Rule =>
  ruleOf(values, { text: 'one of', holds: (actual, those) => those.some((value) => matches(value, actual)) })
/** A list with exactly these, in any order. */
export const members = (...expected: readonly Expected[]): Rule =>
  new Rule(expected, (actual, those) => {
    const left = [...itemsOf(actual)]
    for (const item of those) {
      const at = left.findIndex((candidate) => matches(item, candidate))
      if (at < 0) return `${show(actual)} lacks ${show(item)}`
      left.splice(at, 1)
    }
    return left.length === 0 ? undefined : `${show(left)} is too much`
  })
export const includes = (...expected: readonly Expected[]): Rule =>
  ruleOf(expected, {
    text: 'a list with',
    holds: (actual, those) => those.every((each) => itemsOf(actual).some((item) => matches(each, item))),
  })
export const lacks = (...expected: readonly Expected[]): Rule =>
  ruleOf(expected, {
    text: 'a list without',
    holds: (actual, those) => !those.some((each) => itemsOf(actual).some((item) => matches(each, item))),
  })
export const each = (expected: Expected): Rule =>
  ruleOf([expected], {
    text: 'a list only of',
    holds: (actual, [one = null]) => Array.isArray(actual) && actual.every((item) => matches(one, item)),
  })
export const exactlyFields = (...names: readonly string[]): Rule =>
  rule(`an object of ${names.join(', ')} only`, (actual) => {
    return isRecord(actual) && Object.keys(actual).sort().join() === [...names].sort().join()
  })
/** The value whose JSON is this text: for numbers that were kept. */
export const valueOf = (json: string): Rule =>
  ruleOf([json], { text: 'the value', holds: (actual, [text]) => JSON.stringify(actual) === text })
/** Objects with exactly these names, in any order. */
export const named = (...names: readonly string[]): Rule => members(...names.map((name) => ({ name })))
/** Objects with exactly these names, in this order. */
export const namedInOrder = (...names: readonly string[]): Expected => names.map((name) => ({ name }))

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value, (_key, item: unknown) =>
    item instanceof RegExp ? String(item) : item instanceof Rule ? 'a rule' : item,
  )
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
