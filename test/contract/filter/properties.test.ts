import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Filter, FilterScalar } from '../../../src/contract/filter/filter.ts'
import { parseFilter } from '../../../src/contract/filter/parse.ts'
import { printFilter } from '../../../src/contract/filter/print.ts'

/** Texts that the scanner has opinions about. */
const awkward = fc.string({
  unit: fc.constantFrom(
    ...('ab01 "\'\\=!<>()[],.;%$@é😀\n\t'.match(/./gsu) ?? []),
    'and',
    'or',
    'not',
    'in',
    'date(',
  ),
  maxLength: 12,
})
const text = fc.oneof(awkward, fc.string({ maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 6 }))
const key = text.filter((name) => name !== '' && !name.startsWith('$'))
const scalar: fc.Arbitrary<FilterScalar> = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }).map((number) => number + 0),
  fc.boolean(),
  fc
    .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    .map((date) => ({
      type: 'date' as const,
      at: date.toISOString(),
    })),
  fc.integer({ min: -1e9, max: 1e9 }).map((offsetMs) => ({ type: 'now' as const, offsetMs })),
)
const comparison: fc.Arbitrary<Filter> = fc.record({
  kind: fc.constant('comparison' as const),
  key,
  operator: fc.constantFrom(
    '==' as const,
    '!=',
    '<',
    '<=',
    '>',
    '>=',
    'contains',
    'not contains',
    'in',
    'not in',
    'matches',
  ),
  value: fc.oneof(scalar, fc.array(scalar, { maxLength: 4 })),
})
const existence: fc.Arbitrary<Filter> = fc.record({
  kind: fc.constant('existence' as const),
  key,
  exists: fc.boolean(),
})
const { filter } = fc.letrec<{ filter: Filter; group: Filter }>((tie) => ({
  filter: fc.oneof({ maxDepth: 4 }, comparison, existence, tie('group')),
  group: fc.record({
    kind: fc.constantFrom('and' as const, 'or' as const),
    parts: fc.array(tie('filter'), { minLength: 2, maxLength: 4 }),
  }),
}))

describe('whatever a filter is', () => {
  it('reads back as what was written', () => {
    let written = 0
    fc.assert(
      fc.property(filter, (value) => {
        const printed = printFilter(value)
        // A few strings cannot be written in this grammar at all.
        if (!printed.ok) return
        written++
        expect(parseFilter(printed.value)).toEqual({ ok: true, value })
      }),
      { numRuns: 1000 },
    )
    expect(written).toBeGreaterThan(200)
  })

  it('is written the same again', () => {
    fc.assert(
      fc.property(text, (source) => {
        const first = parseFilter(source)
        if (!first.ok) return
        const printed = printFilter(first.value)
        if (!printed.ok) return
        const second = parseFilter(printed.value)
        expect(second).toEqual(first)
        if (second.ok) expect(printFilter(second.value)).toEqual(printed)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('whatever somebody types', () => {
  const typed = fc
    .array(
      fc.oneof(
        text,
        fc.constantFrom(
          'a',
          'b ',
          ' == ',
          ' and ',
          ' or ',
          '(',
          ')',
          '[',
          ']',
          ' in ',
          'now("-1h")',
          ' exists',
        ),
      ),
      { maxLength: 12 },
    )
    .map((pieces) => pieces.join(''))

  it('is a filter or a problem with a place inside the text, and never a crash', () => {
    fc.assert(
      fc.property(typed, (source) => {
        const result = parseFilter(source)
        if (result.ok) return
        expect(result.at).toBeGreaterThanOrEqual(0)
        expect(result.at).toBeLessThanOrEqual(Array.from(source).length)
      }),
      { numRuns: 3000 },
    )
  })
})
