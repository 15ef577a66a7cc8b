import { describe, expect, it } from 'vitest'
import { evaluateFilter } from '../../../src/contract/filter/evaluate.ts'
import { anyOf, keysOf, type Filter } from '../../../src/contract/filter/filter.ts'
import { parseFilter } from '../../../src/contract/filter/parse.ts'
import { printFilter } from '../../../src/contract/filter/print.ts'

const now = new Date('2026-01-02T03:04:05.000Z')

function read(text: string): Filter {
  const filter = parseFilter(text)
  if (!filter.ok) throw new Error(filter.problem)
  return filter.value
}

function complaint(text: string): string {
  const filter = parseFilter(text)
  return filter.ok ? `no complaint: ${JSON.stringify(filter.value)}` : filter.problem
}

function holds(text: string, object: Record<string, unknown>): boolean {
  return evaluateFilter(read(text), {
    object,
    now,
    matches: (pattern, value) => new RegExp(pattern).test(value),
  })
}

const value = (text: string): unknown => {
  const filter = read(`a == ${text}`)
  return filter.kind === 'comparison' ? filter.value : filter
}

describe('reading a filter', () => {
  it.each([
    ['a == b', { kind: 'comparison', key: 'a', operator: '==', value: 'b' }],
    ['a==b', { kind: 'comparison', key: 'a', operator: '==', value: 'b' }],
    ['"a b" == c', { kind: 'comparison', key: 'a b', operator: '==', value: 'c' }],
    ["'a' != 'b c'", { kind: 'comparison', key: 'a', operator: '!=', value: 'b c' }],
    ['a CONTAINS [b]', { kind: 'comparison', key: 'a', operator: 'contains', value: ['b'] }],
    ['a Not Contains b', { kind: 'comparison', key: 'a', operator: 'not contains', value: 'b' }],
    ['a in [1, 2]', { kind: 'comparison', key: 'a', operator: 'in', value: [1, 2] }],
    ['a not in ["x" "y"]', { kind: 'comparison', key: 'a', operator: 'not in', value: ['x', 'y'] }],
    ['a matches "^x.*"', { kind: 'comparison', key: 'a', operator: 'matches', value: '^x.*' }],
    ['a exists', { kind: 'existence', key: 'a', exists: true }],
    ['a not exists', { kind: 'existence', key: 'a', exists: false }],
    ['a notexists', { kind: 'existence', key: 'a', exists: false }],
    ['(a == b)', { kind: 'comparison', key: 'a', operator: '==', value: 'b' }],
    [
      'a.b/c:d-e_f#g@h$i* == x',
      { kind: 'comparison', key: 'a.b/c:d-e_f#g@h$i*', operator: '==', value: 'x' },
    ],
  ])('understands %s', (text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  it.each([
    ['a == 1 or b == 2 and c == 3', '((a == 1) or (b == 2)) and (c == 3)'],
    ['a == 1 and b == 2 or c == 3', '((a == 1) and (b == 2)) or (c == 3)'],
    ['a == 1 and b == 2 and c == 3', '(a == 1) and (b == 2) and (c == 3)'],
    ['a == 1 OR (b == 2 And c == 3)', '(a == 1) or ((b == 2) and (c == 3))'],
    ['a == 1 and b == 2 or c == 3 and d == 4', '(((a == 1) and (b == 2)) or (c == 3)) and (d == 4)'],
  ])('groups %s from left to right', (text, grouped) => {
    expect(read(text)).toEqual(read(grouped))
  })

  it.each([
    ['"str"', 'str'],
    ["'str'", 'str'],
    ['word', 'word'],
    ['12', 12],
    ['-12', -12],
    ['1.5', 1.5],
    ['1e3', 1000],
    ['inf', 'inf'],
    ['nan', 'nan'],
    ['1.2.3', '1.2.3'],
    ['true', true],
    ['FALSE', false],
    ['"true"', 'true'],
    ['"12"', '12'],
    ['[]', []],
    ['[a, "b c", 3, false]', ['a', 'b c', 3, false]],
    ['/a/b', '/a/b'],
    ['$name=hello', '$name=hello'],
    ['"$name=hello"', '$name=hello'],
    ['"a == b"', 'a == b'],
    ['"a  b"', 'a  b'],
    ['"and"', 'and'],
    ['"it\'s"', "it's"],
    ['\'say "x"\'', 'say "x"'],
    ['date("2021-11-03")', { type: 'date', at: '2021-11-03T00:00:00.000Z' }],
    ['date(2021-11-03)', { type: 'date', at: '2021-11-03T00:00:00.000Z' }],
    ['date("2021-11-03 14:05")', { type: 'date', at: '2021-11-03T14:05:00.000Z' }],
    ['date("2021-11-03T14:05:06+01:00")', { type: 'date', at: '2021-11-03T13:05:06.000Z' }],
    ['now("-1h")', { type: 'now', offsetMs: -3_600_000 }],
    ['now("1h30m")', { type: 'now', offsetMs: 5_400_000 }],
    ['now()', { type: 'now', offsetMs: 0 }],
    ['now("")', { type: 'now', offsetMs: 0 }],
  ])('takes %s for a value', (text, expected) => {
    expect(value(text)).toEqual(expected)
  })

  describe('keeps the oddities of backslashes', () => {
    it('escapes inside a word', () => expect(value(String.raw`"a\"b"`)).toBe('a"b'))
    it('does not escape as the first character of a word', () =>
      expect(complaint(String.raw`a == "\"b"`)).toContain('invalid keyword'))
    it('keeps a backslash that starts a word', () => expect(value(String.raw`"\d+"`)).toBe(String.raw`\d+`))
    it('drops the backslash inside a word', () => expect(value(String.raw`"a\d"`)).toBe('ad'))
    it('reads a doubled backslash inside a word as one', () =>
      expect(value(String.raw`"a\\d"`)).toBe(String.raw`a\d`))
  })

  it.each([
    ['', 'invalid start of expression. found EOF'],
    ['and a == b', 'invalid start of expression. found and'],
    ['== b', 'invalid start of expression. found =='],
    ['a', 'invalid operator. found EOF instead of'],
    ['a = b', 'invalid operator. found = instead of'],
    ['a b', 'invalid operator. found b instead of'],
    ['a ==', 'invalid value. found EOF'],
    ['a == b c', 'missing parentheses to protect value: b c'],
    ['a == b "c"', 'missing quote before the value: b'],
    ['a == "b', 'missing quote after b'],
    ['"a == b', 'missing quote after a == b'],
    ['a == "b" c == d', 'invalid keyword. found c'],
    ['a not matches b', 'invalid usage of operator NOT before matches'],
    ['a not == b', 'invalid usage of operator NOT before =='],
    ['$a == b', 'could not start a parameter with $. Found $a'],
    ['"" == b', 'missing name'],
    ['a == date("yesterday")', 'unable to parse date format yesterday'],
    ['a == date("2021-13-45")', 'unable to parse date format 2021-13-45'],
    ['a == now("soon")', 'unable to parse duration soon'],
    ['a == date', 'date needs ('],
    ['a in [1, 2', 'invalid end of array'],
    ['a in [1, (2)]', 'invalid end of array'],
    ['a == in', 'invalid value. found in'],
    // What the original swallows in silence.
    ['a == b) or c == d', 'unexpected ) after the end'],
    ['(a == b', 'missing )'],
    ['a == b and', 'invalid start of expression. found EOF'],
    ['a == b and or c == d', 'invalid start of expression. found or'],
    ['(a == b) (c == d)', 'invalid keyword. found ('],
    ['()', 'invalid start of expression. found )'],
    [`${'('.repeat(10_000)}a == b`, 'too many parentheses'],
  ])('refuses %s', (text, expected) => {
    expect(complaint(text)).toContain(expected)
  })

  it('refuses operators that the event socket does not have', () => {
    const filter = parseFilter('a contains [b]', { without: ['contains'] })
    expect(filter).toEqual({ ok: false, problem: 'unsupported comparator: contains', at: 2 })
  })

  it('names every attribute once', () => {
    expect(keysOf(read('a == 1 and (b exists or a != 2)'))).toEqual(['a', 'b'])
  })
})

describe('writing a filter', () => {
  it.each([
    ['a == b', '"a" == "b"'],
    ['a == 1 and b not exists', '("a" == 1) and ("b" not exists)'],
    ['a in [x, 2, true]', '"a" in ["x", 2, true]'],
    ['a > now("-90m")', '"a" > now("-1h30m0s")'],
    ['a > date("2021-11-03")', '"a" > date("2021-11-03T00:00:00.000Z")'],
    [`a == 'say "x"'`, `"a" == 'say "x"'`],
  ])('writes %s in full', (text, expected) => {
    expect(printFilter(read(text))).toEqual({ ok: true, value: expected })
  })

  it('gives back every string it can write', () => {
    const alphabet = ['a', '"', "'", '\\', '=', '!', '<', ' ', '.', '+', '[', ')', ',', 'é', '😀', '\n', '0']
    let seed = 7
    // mulberry32: the same strings in every run.
    const random = (below: number): number => {
      seed = (seed + 0x6d2b_79f5) | 0
      let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) % below
    }
    let written = 0
    for (let round = 0; round < 5000; round++) {
      const text = Array.from({ length: random(9) }, () => alphabet[random(alphabet.length)] ?? '').join('')
      const filter: Filter = { kind: 'comparison', key: 'k', operator: '==', value: text }
      const printed = printFilter(filter)
      if (!printed.ok) continue
      written++
      expect(read(printed.value), printed.value).toEqual(filter)
    }
    expect(written).toBeGreaterThan(3000)
  })

  it('says so when the grammar has no way to write a string', () => {
    expect(printFilter({ kind: 'comparison', key: 'a', operator: '==', value: ` "'` }).ok).toBe(false)
  })
})

describe('what operators mean', () => {
  const object = {
    name: 'web',
    count: 5,
    zero: 0,
    off: false,
    tags: ['a=b', 'c=d'],
    empty: '',
    none: [],
    created: '2026-01-02T02:00:00.000Z',
    never: '0001-01-01T00:00:00Z',
  }

  it.each([
    ['name == web', true],
    ['name == WEB', false],
    ['name != web', false],
    ['missing != web', true],
    ['missing == web', false],
    ['count == 5', true],
    ['count == "5"', false],
    ['count > 4 and count < 6', true],
    ['count >= 5 and count <= 5', true],
    ['count > "4"', false],
    ['name > a', true],
    ['name < [a]', false],
    ['tags == "a=b"', true],
    ['tags == ["a=b", "c=d"]', true],
    ['tags == ["a=b"]', false],
    ['tags contains ["x=y", "c=d"]', true],
    ['tags contains "x=y"', false],
    ['tags not contains ["x=y"]', true],
    ['name in [db, web]', true],
    ['name not in [db, web]', false],
    ['name matches "^w"', true],
    ['name matches ["^x", "eb$"]', true],
    ['tags matches "^c="', true],
    ['count matches 5', false],
    ['name exists', true],
    ['zero exists', true],
    ['off exists', true],
    ['off == false', true],
    ['empty exists', false],
    ['none exists', false],
    ['never exists', false],
    ['missing not exists', true],
    ['created > now("-2h")', true],
    ['created > now("-1h")', false],
    ['created < date("2026-01-03")', true],
    ['created >= date("2026-01-02T03:00:00+01:00")', true],
    ['never < date("2020-01-01")', true],
    ['name == web and (count == 1 or zero == 0)', true],
    ['constructor exists', false],
    ['__proto__ exists', false],
  ])('%s is %s', (text, expected) => {
    expect(holds(text, object)).toBe(expected)
  })

  it('joins several q by or', () => {
    const filter = anyOf([read('a == 1'), read('b == 2')])
    expect(filter).toEqual(read('a == 1 or b == 2'))
    expect(anyOf([])).toBeUndefined()
  })
})
