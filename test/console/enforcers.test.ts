import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  callConsole,
  issueTestToken,
  makeTestCredential,
  startTestConsole,
  type RawRequest,
  type TestConsole,
} from '../helpers/console.ts'

type Json = Record<string, unknown>
let console: TestConsole
let admin: string
let nowMs = Date.now()

beforeAll(async () => {
  console = await startTestConsole({ nowMs: () => nowMs, unreachableAfterMs: 300_000 })
  admin = await issueTestToken(console, { credential: console.adminCredential, more: { validity: '700h' } })
  for (const name of ['a', 'b'])
    await call({ method: 'POST', path: '/namespaces', namespace: '/', body: { name } })
})
afterAll(() => console.close())

const call = async (asked: RawRequest): Promise<Json> => {
  const answer = await callConsole(console, { namespace: '/a', token: admin, ...asked })
  if (answer.status >= 300) throw new Error(`${answer.status}: ${answer.bytes.toString('utf8')}`)
  return answer.body as Json
}
const listed = async (path: string): Promise<unknown[]> => (await call({ path })) as unknown as unknown[]

/** A host that registers with a credential of its own, and is heard once. */
async function register(machineID: string, namespace = '/a'): Promise<{ id: string; token: string }> {
  const roles = ['@auth:role=enforcer']
  const credential = await makeTestCredential(console, { token: admin, namespace, roles })
  const token = await issueTestToken(console, { credential, more: { validity: '700h' } })
  const body = { name: 'web1', FQDN: 'web1', machineID }
  const { ID } = await call({ method: 'POST', path: '/enforcers', token, namespace, body })
  const id = String(ID)
  await call({ path: `/enforcers/${id}/poke?status=Connected`, token, namespace })
  const unit = { name: 'web1', type: 'Host', enforcerID: id, enforcerNamespace: namespace }
  await call({ method: 'POST', path: '/processingunits', token, namespace, body: unit })
  return { id, token }
}

it('takes the processing units of an enforcer away with it', async () => {
  const { id } = await register('M-1')
  expect(await listed('/processingunits')).toHaveLength(1)
  await call({ method: 'DELETE', path: `/enforcers/${id}` })
  expect(await listed('/processingunits')).toEqual([])
})

it('lets a host that registers anew take the place of its former self, once that is not heard any more', async () => {
  const before = await register('M-2')
  const elsewhere = await register('M-2', '/b')
  const heard = await register('M-2')
  expect((await listed('/enforcers')).map((one) => (one as Json)['ID']).sort()).toEqual(
    [before.id, heard.id].sort(),
  )
  nowMs += 400_000
  const after = await register('M-2')
  expect((await listed('/enforcers')).map((one) => (one as Json)['ID'])).toEqual([after.id])
  expect(await listed('/processingunits')).toHaveLength(1)
  const others = (await call({ path: '/enforcers', namespace: '/b' })) as unknown as Json[]
  expect(others.map((one) => one['ID'])).toEqual([elsewhere.id])
})
