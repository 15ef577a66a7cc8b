import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { externalNetwork } from '../../../src/contract/entities/policies/external-network.ts'
import { namespace } from '../../../src/contract/entities/namespace.ts'
import type { WireObject } from '../../../src/contract/entity/definition.ts'
import { newObject } from '../../../src/contract/entity/zero-value.ts'
import { evaluateFilter } from '../../../src/contract/filter/evaluate.ts'
import { parseFilter } from '../../../src/contract/filter/parse.ts'
import type { Filter } from '../../../src/contract/filter/filter.ts'
import { isWithinNamespace } from '../../../src/contract/namespace-name.ts'
import { createPatternMatcher } from '../../../src/console/store/pattern-matcher.ts'
import { openSqliteStore } from '../../../src/console/store/sqlite-store.ts'
import type { ObjectStore, Order, Scope } from '../../../src/console/store/store.ts'
import { seededRandom } from '../../helpers/seeded-random.ts'

/** Every way to list is held to a list in memory: no object twice, none missing, and the right number. */
const now = new Date('2026-01-02T03:04:05.000Z')
const { below, one } = seededRandom(7)

interface Kept {
  readonly object: WireObject
  readonly sequence: number
  readonly archived: boolean
}
const kept: Kept[] = []
let folder: string
let store: ObjectStore

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apoctl-paging-'))
  store = openSqliteStore(join(folder, 'x.db'), {
    definitions: [namespace, externalNetwork],
    clock: { nowMs: Date.now },
  })
  const made = Array.from({ length: 400 }, (_, index) => ({
    ...newObject(externalNetwork),
    ID: `id-${index}`,
    namespace: one(['/', '/a', '/a/b', '/a/b/c', '/a-b', '/ab', '/a0', '/z']),
    name: one(['', 'web', 'Web', 'é', "it's", 'zz', `n${below(50)}`]),
    description: one(['', 'x', 'y', `d${below(20)}`]),
    createTime: new Date(Date.UTC(2026, 0, 1, 0, below(30))).toISOString(),
    protected: below(2) === 0,
    propagate: below(2) === 0,
  }))
  store.write((writer) => {
    for (const object of made) writer.insert(externalNetwork, { object, internal: {} })
  })
  const gone = new Set(made.filter(() => below(5) === 0).map(({ ID }) => ID))
  store.write((writer) => {
    for (const id of gone) writer.remove(externalNetwork, id)
  })
  for (const [sequence, object] of made.entries()) {
    kept.push({ object, sequence, archived: gone.has(object.ID) })
  }
})
afterAll(async () => {
  store.close()
  await rm(folder, { recursive: true, force: true })
})

interface Asked {
  readonly scope: Scope
  readonly archived: boolean
  readonly order: readonly Order[]
  readonly filter?: Filter | undefined
  /** An index leads straight to what matches, and what is archived is sorted in with the rest. */
  readonly isSelective: boolean
}

const text = (value: unknown): Buffer => Buffer.from(String(value))

function inMemory({ scope, archived, order, filter, isSelective }: Asked): readonly string[] {
  const matches = createPatternMatcher()
  const isIn = ({ object }: Kept): boolean => {
    const place = String(object['namespace'])
    if (place === scope.namespace) return true
    if (scope.recursive && isWithinNamespace(place, scope.namespace)) return true
    return scope.propagated && object['propagate'] === true && isWithinNamespace(scope.namespace, place)
  }
  const found = kept.filter(
    (each) =>
      (archived || !each.archived) &&
      isIn(each) &&
      (filter === undefined || evaluateFilter(filter, { object: each.object, now, matches })),
  )
  const [term] = order
  const archivedLast = term === undefined && !isSelective
  const compare = (one: Kept, other: Kept): number => {
    if (archivedLast && one.archived !== other.archived) return one.archived ? 1 : -1
    const keys = [...(term === undefined ? [] : [term.attribute]), 'namespace']
    for (const key of keys) {
      const difference = Buffer.compare(text(one.object[key]), text(other.object[key]))
      if (difference !== 0) return term?.descending === true ? -difference : difference
    }
    return (one.sequence - other.sequence) * (term?.descending === true ? -1 : 1)
  }
  return found.toSorted(compare).map(({ object }) => String(object['ID']))
}

const idsOf = (objects: readonly WireObject[]): readonly string[] => objects.map(({ ID }) => String(ID))

async function byCursor(asked: Asked, limit: number): Promise<readonly string[]> {
  const ids: string[] = []
  const total = inMemory(asked).length
  let after: string | undefined
  do {
    const paging = { type: 'cursor', limit, ...(after === undefined ? {} : { after }) } as const
    const page = await store.browse(externalNetwork, { ...asked, now, complete: (object) => object, paging })
    expect(page.total).toBe(total)
    expect(page.objects.length).toBeLessThanOrEqual(limit)
    ids.push(...idsOf(page.objects))
    after = page.next
  } while (after !== undefined)
  return ids
}

async function byNumber(asked: Asked, size: number): Promise<readonly string[]> {
  const ids: string[] = []
  for (let page = 1; ; page++) {
    const paging = { type: 'page', page, size } as const
    const found = await store.browse(externalNetwork, { ...asked, now, complete: (object) => object, paging })
    if (found.objects.length === 0) return ids
    ids.push(...idsOf(found.objects))
  }
}

async function asStream(asked: Asked): Promise<readonly string[]> {
  const query = { ...asked, now, complete: (object: WireObject) => object }
  const { total, parts } = await store.stream(externalNetwork, query)
  const ids: string[] = []
  for await (const part of parts) ids.push(...idsOf(part))
  expect(ids).toHaveLength(total)
  expect(await store.count(externalNetwork, query)).toBe(total)
  return ids
}

const filters = [
  undefined,
  'name == web',
  'name in [web, "", Web]',
  'ID in [id-3, id-4, id-300]',
  'name != web',
  'protected == true',
  'description == x and name == zz',
  'description == x or name == zz',
  'namespace == "/a/b"',
  'createTime < date("2026-01-01 00:10")',
  'name matches "^n[0-9]*5$"',
  'name matches "." and protected == true',
  'ID == nobody',
] as const
const orders: readonly (readonly Order[])[] = [
  [],
  [{ attribute: 'name', descending: false }],
  [{ attribute: 'createTime', descending: true }],
  [{ attribute: 'description', descending: false }],
  [{ attribute: 'ID', descending: true }],
]
const scopes: readonly Scope[] = ['/', '/a', '/a/b', '/nowhere'].flatMap((name) =>
  [true, false].flatMap((recursive) =>
    [true, false].map((propagated) => ({ namespace: name, recursive, propagated })),
  ),
)

const selective = /^(ID|name) (==|in)|and name ==/

describe.each(filters)('with filter %s', (filter) => {
  const isSelective = filter !== undefined && selective.test(filter)
  const parsed = filter === undefined ? undefined : parseFilter(filter)
  if (parsed?.ok === false) throw new Error(parsed.problem)

  it.each(scopes)('of $namespace, recursive: $recursive, propagated: $propagated', async (scope) => {
    for (const order of orders) {
      for (const archived of [false, true]) {
        const asked = { scope, archived, order, filter: parsed?.value, isSelective }
        const expected = inMemory(asked)
        const about = JSON.stringify({ order, archived })
        expect(await byCursor(asked, 7 + below(60)), about).toEqual(expected)
        expect(await byNumber(asked, 40 + below(200)), about).toEqual(expected)
        expect(await asStream(asked), about).toEqual(expected)
      }
    }
  })
})
