import { decode } from '@msgpack/msgpack'
import { Agent, request } from 'node:https'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enforcer } from '../../src/contract/entities/enforcer.ts'
import { newObject } from '../../src/contract/entity/zero-value.ts'
import { openStore } from '../../src/console/open-store.ts'
import { callConsole, issueTestToken, startTestConsole, type TestConsole } from '../helpers/console.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Everything at once, of lists that nobody should have in memory. */
const count = 8000
let console: TestConsole
let admin: string
let dataDir: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'apoctl-long-'))
  await (await startTestConsole({ dataDir })).close()
  const store = await openStore(dataDir, { clock: { nowMs: Date.now } })
  store.write((writer) => {
    for (let index = 0; index < count; index++) {
      const names = { name: `n${index}`, FQDN: 'f', description: 'x'.repeat(500), ID: `id${index}` }
      writer.insert(enforcer, { object: { ...newObject(enforcer), ...names, namespace: '/' }, internal: {} })
    }
  })
  store.close()
  console = await startTestConsole({ dataDir })
  admin = await issueTestToken(console, { credential: console.adminCredential })
})
afterAll(async () => {
  await console.close()
  await rm(dataDir, { recursive: true, force: true })
})

const list = (headers: Record<string, string | readonly string[]>, query = '') =>
  callConsole(console, { path: `/enforcers${query}`, token: admin, namespace: '/', headers })

describe('a list without an end', () => {
  it('comes whole, in order, with its length in front', async () => {
    const answer = await list({ 'x-fields': ['name', 'protected'] })
    expect([answer.status, answer.headers['x-count-total']]).toEqual([200, String(count)])
    expect(answer.headers['content-length']).toBeUndefined()
    const names = Array.from({ length: count }, (_, index) => ({ name: `n${index}`, protected: false }))
    expect(answer.body).toEqual(names)
  })

  it('comes compressed to those who read that', async () => {
    const answer = await list({ 'accept-encoding': 'gzip', 'x-fields': ['name'] })
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(JSON.parse(gunzipSync(answer.bytes).toString('utf8'))).toHaveLength(count)
  })

  it('comes in msgpack', async () => {
    const answer = await list({ accept: 'application/msgpack' })
    const objects = decode(answer.bytes) as { name: string; createTime: unknown }[]
    expect(objects).toHaveLength(count)
    expect(objects.at(-1)).toMatchObject({ name: `n${count - 1}`, createTime: null })
  })

  it('comes filtered by what only memory can tell', async () => {
    const answer = await list({ 'x-fields': ['name'] }, `?q=${encodeURIComponent('name matches "^n.*00$"')}`)
    expect(answer.headers['x-count-total']).toBe('79')
    expect(answer.body).toHaveLength(79)
  })

  it('holds up nobody: others are answered while it is on its way', async () => {
    const slow = list({}, `?q=${encodeURIComponent('description matches "y"')}`)
    let longest = 0
    const under = { way: true }
    void slow.finally(() => (under.way = false))
    while (under.way) {
      const from = performance.now()
      await callConsole(console, { path: '/_meta/time' })
      longest = Math.max(longest, performance.now() - from)
    }
    expect((await slow).body).toEqual([])
    expect(longest).toBeLessThan(1000)
  })

  it('ends when the client goes away in the middle, which is no failure', async () => {
    const { hostname, port } = new URL(console.url)
    const agent = new Agent({ ca: console.caPem, keepAlive: false })
    const headers = { authorization: `Bearer ${admin}`, 'x-namespace': '/' }
    for (let round = 0; round < 20; round++) {
      await new Promise<void>((resolve) => {
        const outgoing = request({ hostname, port, agent, headers, path: '/enforcers' }, (answer) => {
          answer.once('data', () => answer.destroy())
          answer.once('close', () => resolve())
        })
        outgoing.on('error', () => resolve())
        outgoing.end()
      })
    }
    expect((await list({}, '?limit=1')).status).toBe(200)
    expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
  })
})
