import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  callConsole,
  issueTestToken,
  makeTestCredential,
  startTestConsole,
  type RawAnswer,
  type RawRequest,
  type TestConsole,
} from '../helpers/console.ts'

type Json = Record<string, unknown>
let console: TestConsole
let admin: string

beforeAll(async () => {
  console = await startTestConsole()
  admin = await issueTestToken(console, { credential: console.adminCredential })
  for (const name of ['a', 'b', 'refs']) await post('/namespaces', { name }, { namespace: '/' })
})
afterAll(() => console.close())

const call = (asked: RawRequest): Promise<RawAnswer> =>
  callConsole(console, { token: admin, namespace: '/a', ...asked })
const post = (path: string, body: object, more: Partial<RawRequest> = {}): Promise<RawAnswer> =>
  call({ method: 'POST', path, body, ...more })
const network = (name: string, ...entries: string[]): Json => ({ name, entries })
const importOf = (label: string, data: object, more: object = {}): object => ({
  data: { label, data },
  ...more,
})
async function networks(namespace = '/a'): Promise<Json[]> {
  return (await call({ path: '/externalnetworks?order=name', namespace })).body as Json[]
}
const names = (objects: readonly Json[]): unknown[] => objects.map(({ name }) => name)

describe('an import', () => {
  it('with a label replaces exactly what the label made, and lets the rest be', async () => {
    await post('/externalnetworks', network('byhand', '10.0.0.0/8'))
    const first = { externalnetworks: [network('x', '10.0.0.0/8'), network('y', '10.0.0.0/8')] }
    expect((await post('/import', importOf('one', first))).status).toBe(200)
    const before = await networks()
    expect(names(before)).toEqual(['byhand', 'x', 'y'])
    expect(before[1]?.['metadata']).toEqual(['@import:label=one'])
    const second = { externalnetworks: [network('y', '11.0.0.0/8'), network('z', '10.0.0.0/8')] }
    await post('/import', importOf('one', second))
    const after = await networks()
    expect(names(after)).toEqual(['byhand', 'y', 'z'])
    expect(after[1]).toMatchObject({ ID: before[2]?.['ID'], entries: ['11.0.0.0/8'] })
    await post('/import', importOf('one', second, { mode: 'ReplacePartial' }))
    expect(await networks()).toEqual(after)
    await post('/import', importOf('one', {}, { mode: 'Remove' }))
    expect(names(await networks())).toEqual(['byhand'])
  })

  it('is done once for one idempotency key, also where it has no label', async () => {
    const namespace = '/once'
    await post('/namespaces', { name: 'once' }, { namespace: '/' })
    const headers = { 'idempotency-key': 'import once' }
    const body = importOf('', { externalnetworks: [network('once', '10.0.0.0/8')] })
    const [first, second] = await Promise.all([1, 2].map(() => post('/import', body, { namespace, headers })))
    expect(second).toMatchObject({ status: 200, body: first?.body })
    expect(names(await networks(namespace))).toEqual(['once'])
    const other = importOf('', { externalnetworks: [network('other', '10.0.0.0/8')] })
    expect((await post('/import', other, { namespace, headers })).status).toBe(422)
    await post('/import', body, { namespace, headers: { 'idempotency-key': 'another' } })
    expect(names(await networks(namespace))).toEqual(['once', 'once'])
  })

  it('that was refused is not taken for done', async () => {
    const headers = { 'idempotency-key': 'refused first' }
    const body = importOf(
      'refused',
      { externalnetworks: [network('later', '10.0.0.0/8')] },
      { mode: 'Import' },
    )
    expect((await post('/import', body, { namespace: '/later', headers })).status).not.toBe(200)
    await post('/namespaces', { name: 'later' }, { namespace: '/' })
    expect((await post('/import', body, { namespace: '/later', headers })).status).toBe(200)
    expect(names(await networks('/later'))).toEqual(['later'])
  })

  it('happens whole or not at all, and says which object is wrong', async () => {
    const before = await networks()
    const data = {
      networkrulesetpolicies: [{ name: 'p', subject: [['a=b']] }, { subject: [] }],
      externalnetworks: [network('good', '10.0.0.0/8'), network('bad', 'no network')],
    }
    const answer = await post('/import', importOf('two', data))
    expect(answer.status).toBe(422)
    expect(answer.body).toMatchObject([
      {
        description: "networkrulesetpolicies[1]: Attribute 'name' is required",
        data: { attribute: 'name', object: 'networkrulesetpolicies[1]' },
      },
      { description: 'externalnetworks[1]: no network is not a valid CIDR' },
    ])
    expect(await networks()).toEqual(before)
  })

  it.each([
    [{}, 422],
    [{ data: { data: { enforcers: [] } } }, 422],
    [{ data: { data: { externalnetworks: [1] } } }, 400],
    [{ data: { data: { externalnetworks: [{ name: 1 }] } } }, 400],
    [{ data: { label: 'a b', data: {} } }, 422],
    [{ data: { APIVersion: 2, data: {} } }, 422],
    [{ mode: 'Remove', data: { data: { externalnetworks: [] } } }, 422],
  ])('%j answers %i', async (body, status) => {
    expect((await post('/import', body)).status).toBe(status)
  })

  it('does not do what its sender may not do by hand', async () => {
    const credential = await makeTestCredential(console, {
      token: admin,
      namespace: '/a',
      roles: ['@auth:role=namespace.administrator'],
    })
    const restrictedPermissions = ['import,post', 'externalnetwork,post,get']
    const token = await issueTestToken(console, { credential, more: { restrictedPermissions } })
    const made = await post(
      '/import',
      importOf('three', { externalnetworks: [network('m', '10.0.0.0/8')] }),
      { token },
    )
    expect(made.status).toBe(200)
    const gone = await post('/import', importOf('three', {}), { token })
    expect(gone.status).toBe(403)
    const policy = { networkrulesetpolicies: [{ name: 'p', subject: [['a=b']] }] }
    expect((await post('/import', importOf('three', policy), { token })).status).toBe(403)
    expect(names(await networks())).toContain('m')
  })

  it('leaves what is protected, unless it is told otherwise', async () => {
    const safe = { externalnetworks: [{ ...network('safe', '10.0.0.0/8'), protected: true }] }
    await post('/import', importOf('four', safe))
    expect((await post('/import', importOf('four', {}))).status).toBe(403)
    expect((await post('/import?override=true', importOf('four', {}))).status).toBe(200)
  })
})

describe('an import of what is there already', () => {
  it('changes nothing and tells nobody, in whatever order a map is written', async () => {
    const of = (annotations: object) => ({
      externalnetworks: [{ ...network('map', '10.0.0.0/8'), annotations }],
    })
    await post('/import', importOf('five', of({ a: ['1'], b: ['2'] })))
    const before = await networks()
    await post('/import', importOf('five', of({ b: ['2'], a: ['1'] })))
    expect(await networks()).toEqual(before)
  })

  it('is no part of the import that made it elsewhere', async () => {
    const metadata = ['@import:label=five', '@mine=yes']
    const data = { externalnetworks: [{ ...network('moved', '10.0.0.0/8'), metadata }] }
    await post('/import', importOf('six', data))
    await post('/import', importOf('five', {}, { mode: 'Remove' }))
    const moved = (await networks()).find(({ name }) => name === 'moved')
    expect(moved?.['metadata']).toEqual(['@mine=yes', '@import:label=six'])
  })
})

describe('a namespace that is not there', () => {
  it.each(['/import', '/export'])('has nothing to do with %s', async (path) => {
    const body = path === '/import' ? importOf('x', {}) : {}
    expect((await post(path, body, { namespace: '/nowhere' })).status).toBe(404)
  })
})

describe('the size of an import', () => {
  it('may be that of a namespace, and not that of a memory', async () => {
    const many = Array.from({ length: 200 }, (_, n) => ({
      ...network(`n${n}`, '10.0.0.0/8'),
      description: 'x'.repeat(1000),
    }))
    const small = await startTestConsole({ bodyLimitBytes: 10_000, importLimitBytes: 300_000 })
    const token = await issueTestToken(small, { credential: small.adminCredential })
    const send = (objects: readonly Json[]): Promise<RawAnswer> =>
      callConsole(small, {
        method: 'POST',
        path: '/import',
        token,
        namespace: '/',
        body: importOf('many', { externalnetworks: objects }),
      })
    expect((await send(many)).status).toBe(200)
    expect((await send([...many, ...many])).status).toBe(413)
    await small.close()
  })
})

describe('an export', () => {
  it('can be imported elsewhere, and exported again, and is the same', async () => {
    const rule = { object: [['a=b']], protocolPorts: ['tcp/443'], name: 'web' }
    await post('/networkrulesetpolicies', { name: 'web', subject: [['c=d']], incomingRules: [rule] })
    const exported = (await post('/export', { label: 'copy' })).body as Json
    expect(exported).toMatchObject({ APIVersion: 1, label: 'copy', data: { enforcerprofiles: [] } })
    expect(JSON.stringify(exported)).not.toMatch(/"ID"|createTime|@import/)
    expect((await post('/import', { data: exported }, { namespace: '/b' })).status).toBe(200)
    const again = (await post('/export', { label: 'copy' }, { namespace: '/b' })).body as Json
    expect(again).toEqual(exported)
  })

  it.each([
    [['externalnetwork'], ['externalnetworks']],
    [
      ['externalnetworks', 'netset'],
      ['externalnetworks', 'networkrulesetpolicies'],
    ],
  ])('of %j has %j', async (identities, categories) => {
    const answer = (await post('/export', { identities })).body as { data: Json }
    expect(Object.keys(answer.data)).toEqual(categories)
  })

  it('filters, and refuses what does not travel', async () => {
    const answer = await post('/export?q=name==byhand', { identities: ['extnet'] })
    expect(answer.body).toMatchObject({ data: { externalnetworks: [{ name: 'byhand' }] } })
    expect((await post('/export', { identities: ['enforcer'] })).status).toBe(422)
  })
})

describe('an import reference', () => {
  const at = { namespace: '/refs' }
  it('keeps what was imported, and takes it away when it goes', async () => {
    const data = { data: { externalnetworks: [network('r', '10.0.0.0/8')] } }
    const made = (await post('/importreferences', { name: 'ref', constraint: 'Unique', data }, at))
      .body as Json
    expect(made['label']).toBe(`reference-${String(made['ID'])}`)
    expect(made['claims']).toContain('@auth:realm=certificate')
    expect(names(await networks('/refs'))).toEqual(['r'])
    expect((await post('/importreferences', { name: 'ref', constraint: 'Unique', data }, at)).status).toBe(
      422,
    )
    const path = `/importreferences/${String(made['ID'])}`
    expect((await call({ method: 'DELETE', path, ...at })).status).toBe(200)
    expect(await networks('/refs')).toEqual([])
  })

  it('is not kept when its import fails', async () => {
    const data = { data: { externalnetworks: [network('r', 'no network')] } }
    expect((await post('/importreferences', { name: 'bad', data }, at)).status).toBe(422)
    expect((await call({ path: '/importreferences', ...at })).body).toEqual([])
  })
})

it('leaves nothing to complain about', () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
