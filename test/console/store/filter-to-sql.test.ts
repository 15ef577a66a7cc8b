import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { enforcer } from '../../../src/contract/entities/enforcer.ts'
import { namespace } from '../../../src/contract/entities/namespace.ts'
import type { WireObject } from '../../../src/contract/entity/definition.ts'
import { newObject } from '../../../src/contract/entity/zero-value.ts'
import { evaluateFilter } from '../../../src/contract/filter/evaluate.ts'
import { parseFilter } from '../../../src/contract/filter/parse.ts'
import type { Filter } from '../../../src/contract/filter/filter.ts'
import { createPatternMatcher } from '../../../src/console/store/pattern-matcher.ts'
import { openSqliteStore } from '../../../src/console/store/sqlite-store.ts'
import type { ObjectStore } from '../../../src/console/store/store.ts'
import { seededRandom } from '../../helpers/seeded-random.ts'

const now = new Date('2026-01-02T03:04:05.000Z')
const objects: WireObject[] = []
let folder: string
let store: ObjectStore

const { below: random, one } = seededRandom(11)

const words = ['', 'web', 'db', 'Web', "it's", 'a"b', '%', '_', 'é', '5', 'true', '0001-01-01T00:00:00Z']
const times = ['0001-01-01T00:00:00Z', '2026-01-02T03:04:05.000Z', '2026-01-01T00:00:00.000Z']
const tags = ['a=b', 'c=d', "x='", 'n=5']

/** Lists without an order come by namespace, in the order of creation. */
function inPlace(found: readonly WireObject[]): string[] {
  const byNamespace = (one: WireObject, other: WireObject): number =>
    String(one['namespace']) < String(other['namespace'])
      ? -1
      : one['namespace'] === other['namespace']
        ? 0
        : 1
  return found.toSorted(byNamespace).map((object) => String(object['ID']))
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apoctl-filter-'))
  store = openSqliteStore(join(folder, 'x.db'), {
    definitions: [namespace, enforcer],
    clock: { nowMs: Date.now },
  })
  store.write((writer) => {
    for (let index = 0; index < 120; index++) {
      const object = {
        ...newObject(enforcer),
        ID: String(index),
        namespace: one(['/', '/a', '/a/b', '/ab', '/a0']),
        name: one(words),
        description: one(words),
        protected: one([true, false]),
        lastSyncTime: one(times),
        associatedTags: tags.filter(() => random(2) === 0),
        operationalStatus: one(['Connected', 'Registered']),
        annotations: one([{}, { a: ['b'] }]),
      }
      objects.push(object)
      writer.insert(enforcer, { object, internal: {} })
    }
  })
})
afterAll(async () => {
  store.close()
  await rm(folder, { recursive: true, force: true })
})

async function list(
  filter: Filter | undefined,
  scope: { namespace: string; recursive: boolean } = { namespace: '/', recursive: true },
): Promise<string[]> {
  const query = {
    scope: { ...scope, propagated: false },
    filter,
    now,
    complete: (object: WireObject) => object,
  }
  const answer = store.list(enforcer, { ...query, order: [], paging: { type: 'all' } })
  expect(await store.count(enforcer, query)).toBe(answer.objects.length)
  expect(answer.total).toBe(answer.objects.length)
  return answer.objects.map((object) => String(object['ID']))
}

const inMemory = (filter: Filter): string[] => {
  const matches = createPatternMatcher()
  return inPlace(objects.filter((object) => evaluateFilter(filter, { object, now, matches })))
}

const text = (): string => JSON.stringify(one(words)).replace('"a\\"b"', "'a\"b'")
const value = (): string =>
  one([
    text,
    text,
    () => '5',
    () => 'true',
    () => 'false',
    () => 'now("-1h")',
    () => 'date("2026-01-01")',
    () => JSON.stringify(one(tags)),
  ])()
const key = (): string =>
  one([
    'name',
    'description',
    'protected',
    'lastSyncTime',
    'associatedTags',
    'operationalStatus',
    'annotations',
    'unreachable',
    'subnets',
  ])
function comparison(): string {
  const operator = one([
    '==',
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
    'exists',
    'not exists',
  ])
  if (operator.endsWith('exists')) return `${key()} ${operator}`
  if (operator === 'matches') return `${key()} matches ${one(['"^w"', '"b$"', '"."', '[a, "^$"]'])}`
  const several = one([true, false, false])
  return `${key()} ${operator} ${several ? `[${value()}, ${value()}]` : value()}`
}
const expression = (depth: number): string =>
  depth === 0 || random(3) === 0
    ? comparison()
    : `(${expression(depth - 1)} ${one(['and', 'or'])} ${expression(depth - 1)})`

it('finds with SQL what evaluation in memory finds', async () => {
  let hits = 0
  for (let round = 0; round < 1500; round++) {
    const q = expression(3)
    const filter = parseFilter(q)
    if (!filter.ok) throw new Error(`${q}: ${filter.problem}`)
    const found = await list(filter.value)
    expect(found, q).toEqual(inMemory(filter.value))
    if (found.length > 0 && found.length < objects.length) hits++
  }
  // A comparison of everything with nothing would prove nothing.
  expect(hits).toBeGreaterThan(250)
})

it.each([
  ['/', true, (name: string) => name.startsWith('/')],
  ['/', false, (name: string) => name === '/'],
  ['/a', true, (name: string) => name === '/a' || name.startsWith('/a/')],
  ['/a', false, (name: string) => name === '/a'],
  ['/ab', true, (name: string) => name === '/ab'],
])('keeps to namespace %s (recursive: %s)', async (top, recursive, inside) => {
  const expected = inPlace(objects.filter((object) => inside(String(object['namespace']))))
  expect(await list(undefined, { namespace: top, recursive })).toEqual(expected)
})
