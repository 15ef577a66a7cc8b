import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appCredentials } from '../../../src/lib/api/endpoints/app-credentials.ts'
import { enforcers } from '../../../src/lib/api/endpoints/enforcers.ts'
import { readHealth } from '../../../src/lib/api/endpoints/healthchecks.ts'
import { issueToken } from '../../../src/lib/api/endpoints/issue.ts'
import { measureClockSkew, readAuthority, readConfig } from '../../../src/lib/api/endpoints/meta.ts'
import { namespaces } from '../../../src/lib/api/endpoints/namespaces.ts'
import { processingUnits } from '../../../src/lib/api/endpoints/processing-units.ts'
import type { ConsoleClient, ConsoleLogin } from '../../../src/lib/api/console-client.ts'
import { toLoginCredential } from '../../../src/lib/api/login-credential.ts'
import { openConsole } from '../../../src/lib/api/open-console.ts'
import { systemClock } from '../../../src/lib/async/clock.ts'
import { makeKeyPair } from '../../../src/lib/secrets/key-pair.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'
import { startTestConsole, type TestConsole } from '../../helpers/console.ts'

const world = { clock: systemClock, random: Math.random }
let server: TestConsole
let admin: ConsoleClient
const clients: ConsoleClient[] = []

function connect(login: ConsoleLogin, namespace = '/team'): ConsoleClient {
  const client = openConsole(
    { api: server.url, namespace, login, trust: { authoritiesPem: server.caPem } },
    world,
  )
  clients.push(client)
  return client
}
beforeAll(async () => {
  server = await startTestConsole()
  admin = connect({ kind: 'app-credential', credential: toLoginCredential(server.adminCredential) })
  await namespaces(admin).create({ name: 'team' }, { namespace: '/' })
})
afterAll(async () => {
  for (const client of clients) await client.close()
  await server.close()
})
const ids = async (items: AsyncIterable<{ readonly ID: string }>) => {
  const all: string[] = []
  for await (const { ID } of items) all.push(ID)
  return all
}

describe('a client of the embedded Console', () => {
  it('logs in with an app credential, and trusts the Console by the authority in it', async () => {
    const login = { kind: 'app-credential', credential: toLoginCredential(server.adminCredential) } as const
    const client = openConsole({ api: server.url, namespace: '/team', login }, world)
    clients.push(client)
    expect(await enforcers(client).count()).toBe(0)
  })

  it('makes, reads, changes, counts and deletes objects', async () => {
    const made = await enforcers(admin).create({ name: 'web1', FQDN: 'web1.example', machineID: 'A-1' })
    expect(made).toMatchObject({ name: 'web1', namespace: '/team', operationalStatus: 'Registered' })
    const changed = await enforcers(admin).patch({ id: made.ID, to: { description: 'the first' } })
    expect(changed.description).toBe('the first')
    expect(await enforcers(admin).get(made.ID, { fields: ['ID', 'description'] })).toEqual({
      ID: made.ID,
      description: 'the first',
    })
    const filter = 'machineID == "A-1"'
    expect(await enforcers(admin).count({ filter })).toBe(1)
    expect((await enforcers(admin).first({ filter }))?.ID).toBe(made.ID)
    await enforcers(admin).delete(made.ID)
    expect(await enforcers(admin).first({ filter })).toBeUndefined()
    await expect(enforcers(admin).get(made.ID)).rejects.toMatchObject({ code: 'APO-API-NOT-FOUND' })
  })

  it('walks lists page by page without losing or repeating any', async () => {
    const wanted: string[] = []
    for (let n = 0; n < 7; n += 1)
      wanted.push((await processingUnits(admin).create({ name: `unit ${n}`, type: 'Docker' })).ID)
    const filter = 'type == "Docker"'
    for (const pageSize of [1, 2, 7, 100])
      expect((await ids(processingUnits(admin).list({ filter, pageSize }))).sort()).toEqual(
        [...wanted].sort(),
      )
    expect(await ids(processingUnits(admin).list({ filter, pageSize: 3, order: ['-name'] }))).toEqual(
      wanted.toReversed(),
    )
  })

  it('orders by several attributes over several pages', async () => {
    const kinds = ['Host', 'Docker', 'Host', 'Docker', 'Host', 'Docker'] as const
    for (const [n, type] of kinds.entries())
      await processingUnits(admin).create({ name: `ordered ${n}`, type })
    const filter = 'name matches "ordered .*"'
    const order = ['type', '-name']
    for (const pageSize of [1, 2, 3, 6, 100]) {
      const names: string[] = []
      for await (const { name } of processingUnits(admin).list({ filter, order, pageSize })) names.push(name)
      expect(names).toEqual([5, 3, 1, 4, 2, 0].map((n) => `ordered ${n}`))
    }
  })

  it('takes a repeated write with the same key as one', async () => {
    const idempotencyKey = crypto.randomUUID()
    const first = await enforcers(admin).create({ name: 'twice', FQDN: 'twice' }, { idempotencyKey })
    const again = await enforcers(admin).create({ name: 'twice', FQDN: 'twice' }, { idempotencyKey })
    expect(again.ID).toBe(first.ID)
    await enforcers(admin).delete(first.ID)
  })

  it('says which attribute the Console does not take', async () => {
    await expect(enforcers(admin).create({ name: 'no host name' })).rejects.toMatchObject({
      code: 'APO-API-REJECTED',
      message: expect.stringContaining('FQDN') as string,
    })
  })

  it('has a key of its own certified, and logs in with it', async () => {
    const key = await makeKeyPair()
    const credential = await appCredentials(admin).certify(
      { name: 'made here', roles: ['@auth:role=enforcer'] },
      { key },
    )
    const client = connect({ kind: 'app-credential', credential })
    expect(await enforcers(client).count()).toBe(0)
    await expect(namespaces(client).create({ name: 'mine' })).rejects.toMatchObject({
      code: 'APO-API-FORBIDDEN',
    })
  })

  it('logs in with a bare certificate, on the terms it was given', async () => {
    const certificate = toLoginCredential(server.adminCredential)
    const terms = { restrictedNamespace: '/team', validity: '5m', opaque: { why: 'test' } }
    const client = connect({ kind: 'certificate', certificate, terms })
    expect(await enforcers(client).count()).toBeGreaterThanOrEqual(0)
    await expect(enforcers(client).count({ namespace: '/' })).rejects.toMatchObject({
      code: 'APO-API-FORBIDDEN',
    })
    const [, claims] = (await client.token()).reveal().split('.')
    expect(JSON.parse(Buffer.from(claims ?? '', 'base64url').toString())).toMatchObject({
      opaque: { why: 'test' },
      restrictions: { namespace: '/team' },
    })
  })

  it('narrows its token down for somebody else', async () => {
    const token = await issueToken(
      {
        realm: 'AporetoIdentityToken',
        metadata: { token: await admin.token() },
        restrictedPermissions: ['@auth:role=namespace.viewer'],
        restrictedNamespace: '/team',
        validity: '5m',
      },
      { console: admin },
    )
    const viewer = connect({ kind: 'token', token })
    expect(await enforcers(viewer).count()).toBe(0)
    await expect(enforcers(viewer).create({ name: 'x', FQDN: 'x' })).rejects.toMatchObject({
      code: 'APO-API-FORBIDDEN',
    })
  })

  it.each([
    ['nonsense', new Secret('nonsense')],
    ['a token of another Console', new Secret('eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDB9.AAAA')],
  ])('is not let in with %s', async (_what, token) => {
    await expect(enforcers(connect({ kind: 'token', token })).count()).rejects.toMatchObject({
      code: 'APO-API-AUTH',
    })
  })

  it('is not let in with a credential that was deleted', async () => {
    const key = await makeKeyPair()
    const credential = await appCredentials(admin).certify(
      { name: 'short-lived', roles: ['@auth:role=namespace.viewer'] },
      { key },
    )
    await appCredentials(admin).delete(credential.id)
    const client = connect({ kind: 'app-credential', credential })
    await expect(enforcers(client).count()).rejects.toMatchObject({ code: 'APO-API-AUTH' })
  })

  it('asks for health, authority, configuration and the time without being anybody', async () => {
    const anyone = connect({ kind: 'anonymous' }, '')
    expect((await readHealth(anyone)).condition).toBe('operational')
    expect(await readAuthority(anyone)).toContain('BEGIN CERTIFICATE')
    expect(await readConfig(anyone)).toBeTypeOf('object')
    const { skewMs, uncertaintyMs } = await measureClockSkew(anyone, { nowMs: Date.now })
    expect(Math.abs(skewMs)).toBeLessThanOrEqual(uncertaintyMs)
    const ahead = await measureClockSkew(anyone, { nowMs: () => Date.now() - 3_600_000 })
    expect(Math.abs(ahead.skewMs - 3_600_000)).toBeLessThanOrEqual(ahead.uncertaintyMs)
    await expect(anyone.token()).rejects.toMatchObject({ code: 'APO-API-AUTH' })
  })
})
