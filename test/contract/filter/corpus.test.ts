import { describe, expect, it } from 'vitest'
import { parseFilter } from '../../../src/contract/filter/parse.ts'
import { printFilter } from '../../../src/contract/filter/print.ts'
import { invalidFilters, validFilters } from './corpus.ts'

for (const [about, filters] of Object.entries(validFilters)) {
  describe(about, () => {
    it.each(filters.map(({ text, printed }) => [text, printed]))('%j means %s', (text, printed) => {
      const filter = parseFilter(text)
      if (!filter.ok) throw new Error(filter.problem)
      expect(printFilter(filter.value)).toEqual({ ok: true, value: printed })
      // What is printed says the same as what was read.
      expect(parseFilter(printed)).toEqual(filter)
    })
  })
}

for (const [about, filters] of Object.entries(invalidFilters)) {
  describe(about, () => {
    it.each(filters.map(({ text, problem, at }) => [text, problem, at] as const))(
      '%j is refused: %s (at %i)',
      (text, problem, at) => {
        expect(parseFilter(text)).toEqual({ ok: false, problem: expect.stringContaining(problem), at })
      },
    )
  })
}

it('is a corpus', () => {
  const all = [...Object.values(validFilters), ...Object.values(invalidFilters)].flat()
  expect(all.length).toBeGreaterThan(200)
  expect(new Set(all.map(({ text }) => text)).size).toBe(all.length)
})
