import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { processingUnit } from '../../../src/contract/entities/processing-unit.ts'
import { enforcer } from '../../../src/contract/entities/enforcer.ts'
import { namespace } from '../../../src/contract/entities/namespace.ts'
import type { EntityDefinition, WireObject } from '../../../src/contract/entity/definition.ts'
import { newObject } from '../../../src/contract/entity/zero-value.ts'
import type { Filter } from '../../../src/contract/filter/filter.ts'
import { RefusedRequest } from '../../../src/console/refused-request.ts'
import { openSqliteStore } from '../../../src/console/store/sqlite-store.ts'
import type { ObjectStore } from '../../../src/console/store/store.ts'

const definitions = [namespace, enforcer, processingUnit]
const nowMs = 1_000_000
let folder: string
let store: ObjectStore

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apoctl-store-'))
  store = openSqliteStore(join(folder, 'x.db'), { definitions, clock: { nowMs: () => nowMs } })
})
afterEach(async () => {
  store.close()
  await rm(folder, { recursive: true, force: true })
})

const make = (definition: EntityDefinition, ...ids: readonly string[]): void =>
  store.write((writer) => {
    for (const ID of ids) {
      const object = { ...newObject(definition), ID, name: ID, namespace: '/a', description: 'same' }
      writer.insert(definition, { object, internal: {} })
    }
  })

const everything = { scope: { namespace: '/', recursive: true, propagated: false }, now: new Date(0) }
const query = (more: { archived?: boolean; filter?: Filter } = {}) => ({
  ...everything,
  complete: (object: WireObject) => object,
  ...more,
})
const same: Filter = { kind: 'comparison', key: 'description', operator: '==', value: 'same' }

it('counts what was made and deleted since it last looked', async () => {
  make(enforcer, 'a', 'b')
  expect(await store.count(enforcer, query())).toBe(2)
  make(enforcer, 'c')
  expect(await store.count(enforcer, query())).toBe(3)
  store.write((writer) => writer.remove(enforcer, 'a'))
  store.write((writer) => writer.remove(enforcer, 'a'))
  expect(await store.count(enforcer, query())).toBe(2)
})

it('does not count what a transaction took back', async () => {
  make(enforcer, 'a')
  expect(await store.count(enforcer, query())).toBe(1)
  const fail = (): void =>
    store.write((writer) => {
      writer.insert(enforcer, { object: { ...newObject(enforcer), ID: 'b', namespace: '/' }, internal: {} })
      writer.remove(enforcer, 'a')
      throw new Error('no')
    })
  expect(fail).toThrow('no')
  expect(await store.count(enforcer, query())).toBe(1)
})

it('counts again what was there when it was opened', async () => {
  make(enforcer, 'a', 'b')
  store.close()
  store = openSqliteStore(join(folder, 'x.db'), { definitions, clock: { nowMs: () => nowMs } })
  expect(await store.count(enforcer, query())).toBe(2)
})

const page = (after?: string, filter: Filter = same) =>
  store.browse(enforcer, {
    ...query({ filter }),
    order: [],
    paging: { type: 'cursor', limit: 1, ...(after === undefined ? {} : { after }) },
  })

it('counts what a filter finds once in a walk', async () => {
  make(enforcer, 'a', 'b', 'c')
  const first = await page()
  make(enforcer, 'd')
  const second = await page(first.next)
  expect([first.total, second.total]).toEqual([3, 3])
  expect((await page()).total).toBe(4)
})

it('believes no count that it did not make itself, for this very list', async () => {
  make(enforcer, 'a', 'b', 'c')
  const { next = '' } = await page()
  const [place, , seal] = JSON.parse(Buffer.from(next, 'base64url').toString('utf8')) as unknown[]
  const forged = Buffer.from(JSON.stringify([place, 1_000_000, seal])).toString('base64url')
  expect((await page(forged)).total).toBe(3)
  const other: Filter = { kind: 'comparison', key: 'description', operator: '!=', value: 'same' }
  expect((await page(next, other)).total).toBe(0)
  store.close()
  store = openSqliteStore(join(folder, 'x.db'), { definitions, clock: { nowMs: () => nowMs } })
  store.write((writer) => writer.remove(enforcer, 'c'))
  expect((await page(next)).total).toBe(2)
})

it.each([
  'x',
  'e30',
  Buffer.from('[]').toString('base64url'),
  Buffer.from('[["/a"]]').toString('base64url'),
  Buffer.from('[["/a",1.5]]').toString('base64url'),
  Buffer.from('[["/a",{}]]').toString('base64url'),
  Buffer.from('[["/a",9007199254740993]]').toString('base64url'),
])('refuses a cursor that is none: %s', async (after) => {
  make(enforcer, 'a')
  await expect(page(after)).rejects.toThrow(RefusedRequest)
})

it('remembers deleted objects of an archivable entity', async () => {
  make(processingUnit, 'a', 'b', 'c')
  store.write((writer) => writer.remove(processingUnit, 'b'))
  const ids = (archived: boolean): readonly unknown[] =>
    store
      .list(processingUnit, { ...query({ archived }), order: [], paging: { type: 'all' } })
      .objects.map(({ ID }) => ID)
  expect(ids(false)).toEqual(['a', 'c'])
  expect(ids(true)).toEqual(['a', 'c', 'b'])
  expect([
    await store.count(processingUnit, query()),
    await store.count(processingUnit, query({ archived: true })),
  ]).toEqual([2, 3])
  expect(store.find(processingUnit, 'b')).toBeUndefined()
  expect(store.findArchived(processingUnit, 'b')).toMatchObject({ ID: 'b', name: 'b' })
  expect(store.findArchived(processingUnit, 'a')).toBeUndefined()
})

it('forgets them by age, and with their namespace', () => {
  make(processingUnit, 'a', 'b')
  const forget = (which: { namespace: string } | { beforeMs: number }): void =>
    store.write((writer) => writer.forgetArchived(processingUnit, which))
  store.write((writer) => writer.remove(processingUnit, 'a'))
  forget({ namespace: '/b' })
  forget({ beforeMs: nowMs })
  expect(store.findArchived(processingUnit, 'a')).toBeDefined()
  forget({ beforeMs: nowMs + 1 })
  expect(store.findArchived(processingUnit, 'a')).toBeUndefined()
  store.write((writer) => writer.remove(processingUnit, 'b'))
  forget({ namespace: '/a' })
  expect(store.findArchived(processingUnit, 'b')).toBeUndefined()
})

it('remembers nothing of other entities', () => {
  make(enforcer, 'a')
  store.write((writer) => writer.remove(enforcer, 'a'))
  expect(store.findArchived(enforcer, 'a')).toBeUndefined()
})

it('is not filled with statements by filters of endless forms', async () => {
  make(enforcer, 'a')
  for (let index = 0; index < 700; index++) {
    const value = Array.from({ length: index + 1 }, (_, at) => `v${at}`)
    const filter: Filter = { kind: 'comparison', key: 'description', operator: 'in', value }
    expect(await store.count(enforcer, query({ filter }))).toBe(0)
  }
  expect(await store.count(enforcer, query())).toBe(1)
})
