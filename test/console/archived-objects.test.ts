import { afterEach, beforeEach, expect, it } from 'vitest'
import { dayMs } from '../../src/console/console-options.ts'
import {
  callConsole,
  issueTestToken,
  startTestConsole,
  type RawAnswer,
  type RawRequest,
  type TestConsole,
} from '../helpers/console.ts'

let console: TestConsole
let admin: string
let nowMs: number

beforeEach(async () => {
  nowMs = Date.now()
  console = await startTestConsole({ nowMs: () => nowMs, sweepEveryMs: 20 })
  admin = await issueTestToken(console, { credential: console.adminCredential, more: { validity: '700h' } })
  for (const name of ['a', 'b']) await makeNamespace(name)
})
afterEach(() => console.close())

const call = (asked: RawRequest): Promise<RawAnswer> =>
  callConsole(console, { token: admin, namespace: '/a', ...asked })
const makeNamespace = (name: string): Promise<RawAnswer> =>
  call({ method: 'POST', path: '/namespaces', namespace: '/', body: { name } })
const pathOf = (answer: RawAnswer): string =>
  `/externalnetworks/${String((answer.body as Record<string, unknown>)['ID'])}`

async function makeAndDelete(name: string): Promise<string> {
  const body = { name, entries: ['10.0.0.0/8'] }
  const path = pathOf(await call({ method: 'POST', path: '/externalnetworks', body }))
  expect((await call({ method: 'DELETE', path })).status).toBe(200)
  return path
}

const namesWithArchived = async (): Promise<readonly unknown[]> => {
  const { body } = await call({ method: 'GET', path: '/externalnetworks?archived=true' })
  return ((body as Record<string, unknown>[] | undefined) ?? []).map(({ name }) => name)
}

it('shows a deleted object by its ID to those who ask for what is archived', async () => {
  const path = await makeAndDelete('gone')
  expect((await call({ method: 'GET', path })).status).toBe(404)
  expect((await call({ method: 'GET', path: `${path}?archived=false` })).status).toBe(404)
  const answer = await call({ method: 'GET', path: `${path}?archived=true` })
  expect([answer.status, answer.body]).toEqual([
    200,
    expect.objectContaining({ name: 'gone', namespace: '/a' }),
  ])
})

it('neither shows one of elsewhere, nor changes or deletes one', async () => {
  const path = await makeAndDelete('gone')
  const asked = `${path}?archived=true`
  expect((await call({ method: 'GET', path: asked, namespace: '/b' })).status).toBe(404)
  expect((await call({ method: 'PUT', path, body: { name: 'other' } })).status).toBe(404)
  expect((await call({ method: 'DELETE', path })).status).toBe(404)
})

it('forgets what was in a namespace with the namespace: who makes it again does not see it', async () => {
  const path = await makeAndDelete('gone')
  await call({ method: 'POST', path: '/externalnetworks', body: { name: 'there', entries: ['10.0.0.0/8'] } })
  expect(await namesWithArchived()).toEqual(['there', 'gone'])
  const { body } = await call({ method: 'GET', path: '/namespaces?q=name%20%3D%3D%20/a', namespace: '/' })
  const id = String((body as Record<string, unknown>[])[0]?.['ID'])
  expect((await call({ method: 'DELETE', path: `/namespaces/${id}`, namespace: '/' })).status).toBe(200)
  await makeNamespace('a')
  expect(await namesWithArchived()).toEqual([])
  expect((await call({ method: 'GET', path: `${path}?archived=true` })).status).toBe(404)
})

it('forgets it after thirty days', async () => {
  await makeAndDelete('gone')
  nowMs += 29 * dayMs
  admin = await issueTestToken(console, { credential: console.adminCredential })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await namesWithArchived()).toEqual(['gone'])
  nowMs += 1.1 * dayMs
  admin = await issueTestToken(console, { credential: console.adminCredential })
  await expect.poll(namesWithArchived).toEqual([])
})
