import fc from 'fast-check'
import { expect, it } from 'vitest'
import { enforcer } from '../../../src/contract/entities/enforcer.ts'
import type { Comparison, Filter } from '../../../src/contract/filter/filter.ts'
import { parseFilter } from '../../../src/contract/filter/parse.ts'
import { RefusedRequest } from '../../../src/console/refused-request.ts'
import { filterToSql } from '../../../src/console/store/filter-to-sql.ts'
import type { SqlCondition } from '../../../src/console/store/sql-condition.ts'

const now = new Date('2026-01-02T03:04:05Z')
const toSql = (filter: Filter): SqlCondition => filterToSql(filter, { definition: enforcer, now })

const hostile = fc.oneof(
  fc.string({
    unit: fc.constantFrom("'", '"', ';', '-', ')', '(', '%', '$', '\\', '\0', ' ', 'OR', '?', '/*', 'x'),
  }),
  fc.constantFrom(
    "' OR 1=1 --",
    "'); DROP TABLE entity_enforcer; --",
    '$.name',
    '?1',
    ':a',
    "x' UNION SELECT '",
  ),
  fc.string({ unit: 'binary' }),
)
const attribute = fc.constantFrom(...Object.keys(enforcer.attributes))
const operator = fc.constantFrom(
  ...(['==', '!=', '<', '<=', '>', '>=', 'contains', 'not contains', 'in', 'not in', 'matches'] as const),
)

it('a value says nothing in SQL: the text is the same for every other value', () => {
  fc.assert(
    fc.property(
      attribute,
      operator,
      fc.array(hostile, { minLength: 1, maxLength: 4 }),
      (key, wanted, values) => {
        const about = (value: Comparison['value']): SqlCondition =>
          toSql({ kind: 'comparison', key, operator: wanted, value })
        const harmless = values.map(() => 'x')
        expect(about(values).sql).toBe(about(harmless).sql)
        expect(about(values[0] ?? '').sql).toBe(about('x').sql)
      },
    ),
    { numRuns: 2000 },
  )
})

it('a key says nothing in SQL: it is an attribute, or refused', () => {
  fc.assert(
    fc.property(hostile, (key) => {
      if (Object.hasOwn(enforcer.attributes, key)) return
      expect(() => toSql({ kind: 'existence', key, exists: true })).toThrow(RefusedRequest)
    }),
    { numRuns: 1000 },
  )
})

it('what somebody types says nothing in SQL beyond the words that are known', () => {
  const known = /^(?:[()?,.=<>!'*\s]|\$\.[A-Za-z]+|0001-01-01T00:00:00Z|[A-Za-z_]+|[01])*$/
  const names = new Set([
    ...Object.keys(enforcer.attributes).map((name) => `$.${name}`),
    ...['AND', 'OR', 'NOT', 'IN', 'IS', 'NULL', 'EXISTS', 'SELECT', 'FROM', 'WHERE', 'COALESCE', 'value'],
    ...['json_extract', 'json_each', 'json_array_length', 'object', 'id', 'namespace'],
  ])
  let read = 0
  fc.assert(
    fc.property(fc.array(fc.tuple(attribute, operator, hostile), { minLength: 1, maxLength: 5 }), (terms) => {
      const filter = parseFilter(terms.map((term) => `${term[0]} ${term[1]} "${term[2]}"`).join(' or '))
      if (!filter.ok) return
      let condition: SqlCondition
      try {
        condition = toSql(filter.value)
      } catch (error) {
        expect(error).toBeInstanceOf(RefusedRequest)
        return
      }
      read++
      expect(condition.sql).toMatch(known)
      const words =
        condition.sql.replaceAll("'0001-01-01T00:00:00Z'", '').match(/\$\.[A-Za-z]+|[A-Za-z_]+/g) ?? []
      expect(words.filter((word) => !names.has(word))).toEqual([])
    }),
    { numRuns: 2000 },
  )
  expect(read).toBeGreaterThan(200)
})
