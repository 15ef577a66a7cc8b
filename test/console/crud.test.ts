import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
let nowMs = Date.now()

beforeAll(async () => {
  console = await startTestConsole({ nowMs: () => nowMs })
  admin = await issueTestToken(console, { credential: console.adminCredential, more: { validity: '700h' } })
  for (const [namespace, name] of [
    ['/', 'a'],
    ['/a', 'b'],
    ['/', 'ab'],
    ['/', 'paging'],
    ['/', 'gone'],
  ] as const) {
    await post('/namespaces', { namespace, body: { name } })
  }
})
afterAll(() => console.close())

const call = (asked: RawRequest): Promise<RawAnswer> =>
  callConsole(console, { token: admin, namespace: '/a', ...asked })
const post = (path: string, asked: Partial<RawRequest>): Promise<RawAnswer> =>
  call({ method: 'POST', path, ...asked })
const enforcer = (name: string, more: object = {}): Record<string, unknown> => ({
  name,
  FQDN: `${name}.example`,
  ...more,
})
type Json = Record<string, unknown>
const bodyOf = (answer: RawAnswer): Json => answer.body as Json
const namesOf = (answer: RawAnswer): unknown[] => (answer.body as Json[]).map((object) => object['name'])
const problems = (answer: RawAnswer): unknown[] =>
  (answer.body as Json[]).map((error) => error['description'])

describe('creating', () => {
  it('answers 200 with the whole object', async () => {
    const answer = await post('/enforcers', { body: enforcer('one', { associatedTags: ['env=prod'] }) })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('application/json; charset=UTF-8')
    const body = bodyOf(answer)
    expect(body).toMatchObject({
      name: 'one',
      FQDN: 'one.example',
      namespace: '/a',
      operationalStatus: 'Registered',
      enforcementStatus: 'Inactive',
      logLevelDuration: '10s',
      lastSyncTime: '0001-01-01T00:00:00Z',
      unreachable: false,
      localCA: console.caPem,
      protected: false,
    })
    expect(body['ID']).toMatch(/^[0-9a-f]{24}$/)
    expect(body['createTime']).toBe(body['updateTime'])
    expect(body['normalizedTags']).toEqual([
      `$id=${String(body['ID'])}`,
      '$identity=enforcer',
      '$name=one',
      '$namespace=/a',
      '$operationalstatus=Registered',
      'env=prod',
    ])
    expect(body).not.toHaveProperty('previousOperationalStatus')
  })

  it('refuses what is wrong, in the words of the contract', async () => {
    const missing = await post('/enforcers', { body: { logLevel: 'Loud' } })
    expect(missing.status).toBe(422)
    expect(missing.body).toEqual([
      expect.objectContaining({ code: 422, title: 'Validation Error', data: { attribute: 'name' } }),
      expect.objectContaining({ data: { attribute: 'FQDN' } }),
    ])
    const readOnly = await post('/enforcers', {
      body: enforcer('x', { ID: '1', createTime: '2026-01-01T00:00:00Z' }),
    })
    expect(problems(readOnly)).toEqual([
      'Field ID is read only. You cannot set its value.',
      'Field createTime is read only. You cannot set its value.',
    ])
    const type = await post('/enforcers', { body: enforcer('x', { associatedTags: 'a=b' }) })
    expect([type.status, ...problems(type)]).toEqual([
      400,
      "Unable to read the body: attribute 'associatedTags' must be a list of strings",
    ])
    expect((await post('/enforcers', {})).status).toBe(400)
  })

  it('makes namespaces of short names, once, in namespaces that exist', async () => {
    const made = await post('/namespaces', { body: { name: 'short' } })
    expect(bodyOf(made)).toMatchObject({ name: '/a/short', namespace: '/a', type: 'Default' })
    const again = await post('/namespaces', { body: { name: 'short' } })
    expect(again.body).toMatchObject([
      { code: 422, title: 'Duplicate Key', description: 'Another object exists with the same key' },
    ])
    expect((await post('/namespaces', { body: { name: 'x/y' } })).status).toBe(422)
    expect((await post('/namespaces', { body: { name: 'x y' } })).status).toBe(422)
    const nowhere = await post('/namespaces', { namespace: '/a/nowhere', body: { name: 'x' } })
    expect([nowhere.status, ...problems(nowhere)]).toEqual([404, "Namespace '/a/nowhere' does not exist"])
  })

  it('is done once for one idempotency key', async () => {
    const headers = { 'idempotency-key': 'k1' }
    const body = enforcer('once')
    const answers = await Promise.all([1, 2, 3].map(() => post('/enforcers', { headers, body })))
    expect(new Set(answers.map((answer) => bodyOf(answer)['ID'])).size).toBe(1)
    expect(namesOf(await call({ path: '/enforcers?q=name==once' }))).toEqual(['once'])
    const other = await post('/enforcers', { headers, body: enforcer('twice') })
    expect([other.status, ...problems(other)]).toEqual([
      422,
      'The Idempotency-Key was used for another request',
    ])
  })

  it('does not repeat a private key for an idempotency key, nor keep it', async () => {
    const headers = { 'idempotency-key': 'k2' }
    const body = { name: 'keyed', roles: ['@auth:role=namespace.viewer'] }
    const first = bodyOf(await post('/appcredentials', { headers, body }))
    const second = bodyOf(await post('/appcredentials', { headers, body }))
    expect((first['credentials'] as Json)['certificateKey']).not.toBe('')
    expect((second['credentials'] as Json)['certificateKey']).toBe('')
    expect((second['credentials'] as Json)['certificate']).toBe((first['credentials'] as Json)['certificate'])
    const read = bodyOf(await call({ path: `/appcredentials/${String(first['ID'])}` }))
    expect(read['credentials']).toBeNull()
  })
})

describe('changing', () => {
  let id: string
  let updateTime: unknown
  beforeAll(async () => {
    const made = bodyOf(
      await post('/enforcers', {
        body: enforcer('change', { description: 'd', machineID: 'm', metadata: ['@a=b'] }),
      }),
    )
    id = String(made['ID'])
    updateTime = made['updateTime']
  })
  const put = (body: object): Promise<RawAnswer> => call({ method: 'PUT', path: `/enforcers/${id}`, body })
  const patch = (body: object): Promise<RawAnswer> =>
    call({ method: 'PATCH', path: `/enforcers/${id}`, body })

  it('by PATCH leaves the rest alone', async () => {
    nowMs += 1000
    const answer = await patch({ description: 'e', associatedTags: ['x=y'] })
    expect(bodyOf(answer)).toMatchObject({
      description: 'e',
      machineID: 'm',
      associatedTags: ['x=y'],
      metadata: ['@a=b'],
    })
    expect(bodyOf(answer)['normalizedTags']).toContain('x=y')
    expect(bodyOf(answer)['updateTime']).not.toBe(updateTime)
  })

  it('by PUT resets what is left out, except what no client may change', async () => {
    const answer = await put({ name: 'changed' })
    expect(bodyOf(answer)).toMatchObject({
      ID: id,
      name: 'changed',
      FQDN: 'change.example',
      metadata: ['@a=b'],
      description: '',
      machineID: '',
      associatedTags: [],
    })
    expect(bodyOf(answer)['normalizedTags']).toContain('$name=changed')
  })

  it('notices another writer by updateTime', async () => {
    const before = bodyOf(await call({ path: `/enforcers/${id}` }))
    nowMs += 1000
    expect((await put({ ...before, description: 'first' })).status).toBe(200)
    const late = await put({ ...before, description: 'second' })
    expect([late.status, ...problems(late)]).toEqual([
      422,
      'Field updateTime is read only. You cannot modify its value.',
    ])
    expect(bodyOf(await call({ path: `/enforcers/${id}` }))['description']).toBe('first')
  })

  it('refuses creation-only attributes and keeps them when they are emptied', async () => {
    expect((await patch({ FQDN: 'other' })).body).toMatchObject([{ title: 'Creation Only Error', code: 422 }])
    expect(bodyOf(await patch({ FQDN: '', metadata: [] }))).toMatchObject({
      FQDN: 'change.example',
      metadata: ['@a=b'],
    })
    expect((await patch({ name: '' })).status).toBe(422)
    expect((await put({})).status).toBe(422)
  })

  it('loses no change of many at once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`)
    const answers = await Promise.all([
      ...names.map((name) => patch({ name })),
      ...names.map(() => call({ path: `/enforcers/${id}/poke?version=9.9.9` })),
    ])
    expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([])
    expect(bodyOf(await call({ path: `/enforcers/${id}` }))['currentVersion']).toBe('9.9.9')
  })
})

describe('deleting', () => {
  it('answers the object, and then 404', async () => {
    const { ID } = bodyOf(await post('/enforcers', { body: enforcer('bye') }))
    const path = `/enforcers/${String(ID)}`
    expect(bodyOf(await call({ method: 'DELETE', path }))['name']).toBe('bye')
    expect((await call({ method: 'DELETE', path })).status).toBe(404)
    expect((await call({ path })).status).toBe(404)
  })

  it('needs override for what is protected', async () => {
    const { ID } = bodyOf(await post('/enforcers', { body: enforcer('safe', { protected: true }) }))
    const path = `/enforcers/${String(ID)}`
    expect((await call({ method: 'DELETE', path })).status).toBe(403)
    expect((await call({ method: 'DELETE', path: `${path}?override=true` })).status).toBe(200)
  })

  it('of a namespace takes everything in it along', async () => {
    await post('/namespaces', { namespace: '/gone', body: { name: 'deep' } })
    const { ID } = bodyOf(await post('/enforcers', { namespace: '/gone/deep', body: enforcer('x') }))
    const [gone] = (await call({ path: '/namespaces?q=name==/gone', namespace: '/' })).body as Json[]
    expect(
      (await call({ method: 'DELETE', path: `/namespaces/${String(gone?.['ID'])}`, namespace: '/' })).status,
    ).toBe(200)
    expect((await call({ path: '/namespaces', namespace: '/gone/deep' })).status).toBe(404)
    expect((await call({ path: `/enforcers/${String(ID)}`, namespace: '/' })).status).toBe(404)
  })

  it('does not reach the root', async () => {
    const all = (await call({ path: '/namespaces?recursive=true', namespace: '/' })).body as Json[]
    expect(all.map((each) => each['name'])).not.toContain('/')
  })
})

describe('listing', () => {
  const get = (query: string, more: Partial<RawRequest> = {}): Promise<RawAnswer> =>
    call({ path: `/enforcers${query}`, namespace: '/paging', ...more })
  beforeAll(async () => {
    for (const [index, name] of ['e', 'c', 'a', 'd', 'b', 'c'].entries()) {
      nowMs += 1000
      await post('/enforcers', {
        namespace: '/paging',
        body: enforcer(name, { currentVersion: `1.${index}.0`, associatedTags: [`n=${index}`] }),
      })
    }
    await post('/namespaces', { namespace: '/paging', body: { name: 'below' } })
    await post('/enforcers', { namespace: '/paging/below', body: enforcer('z') })
  })

  it('gives a bare array in order of creation, with the total', async () => {
    const answer = await get('')
    expect(namesOf(answer)).toEqual(['e', 'c', 'a', 'd', 'b', 'c'])
    expect(answer.headers['x-count-total']).toBe('6')
  })

  it('counts with HEAD', async () => {
    const answer = await get('?q=name==c', { method: 'HEAD' })
    expect([answer.status, answer.headers['x-count-total'], answer.bytes.length]).toEqual([204, '2', 0])
  })

  it.each([
    ['?page=1&pagesize=4', ['e', 'c', 'a', 'd']],
    ['?page=2&pagesize=4', ['b', 'c']],
    ['?page=3&pagesize=4', []],
    ['?pagesize=0', ['e', 'c', 'a', 'd', 'b', 'c']],
    ['?order=name', ['a', 'b', 'c', 'c', 'd', 'e']],
    ['?order=-name', ['e', 'd', 'c', 'c', 'b', 'a']],
    ['?order=-name&order=-currentVersion&pagesize=4&page=1', ['e', 'd', 'c', 'c']],
    ['?recursive=true', ['e', 'c', 'a', 'd', 'b', 'c', 'z']],
    ['?recursive=false', ['e', 'c', 'a', 'd', 'b', 'c', 'z']],
    ['?recursive=', ['e', 'c', 'a', 'd', 'b', 'c']],
    ['?q=name==a&q=name==b', ['a', 'b']],
    [`?q=${encodeURIComponent('name in [a, b] and currentVersion == "1.2.0"')}`, ['a']],
    [`?q=${encodeURIComponent('name matches "^[ab]$"')}`, ['a', 'b']],
    [`?q=${encodeURIComponent('name matches "^[a-d]$"')}&order=-name&page=1&pagesize=2`, ['d', 'c']],
    [`?q=${encodeURIComponent('normalizedTags contains ["n=0", "n=2"]')}`, ['e', 'a']],
    [`?q=${encodeURIComponent('associatedTags contains "$name=c"')}`, []],
    [`?q=${encodeURIComponent('normalizedTags contains "$name=c"')}`, ['c', 'c']],
    [`?q=${encodeURIComponent('unreachable == false and name == a')}`, ['a']],
  ])('understands %s', async (query, names) => {
    expect(namesOf(await get(query))).toEqual(names)
  })

  it.each(['', '&order=name', '&order=-name', `&q=${encodeURIComponent('name matches "."')}`])(
    'walks over all with a cursor (%s)',
    async (more) => {
      const seen: unknown[] = []
      let after = ''
      for (let page = 0; page < 10; page++) {
        const answer = await get(
          `?limit=2${more}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
        )
        expect(answer.headers['x-count-total']).toBe('6')
        seen.push(...(answer.body as Json[]).map((object) => object['currentVersion']))
        after = String(answer.headers['x-next'] ?? '')
        if (after === '') break
      }
      expect(seen).toHaveLength(6)
      expect(new Set(seen).size).toBe(6)
    },
  )

  it('goes on behind a cursor whose object was deleted', async () => {
    const { ID } = bodyOf(await post('/enforcers', { namespace: '/paging', body: enforcer('y1') }))
    await post('/enforcers', { namespace: '/paging', body: enforcer('y2') })
    const q = encodeURIComponent('name matches "^y"')
    const first = await get(`?limit=1&q=${q}`)
    await call({ method: 'DELETE', path: `/enforcers/${String(ID)}`, namespace: '/paging' })
    const second = await get(`?limit=1&q=${q}&after=${String(first.headers['x-next'])}`)
    expect([namesOf(second), second.headers['x-next']]).toEqual([['y2'], undefined])
    await call({
      method: 'DELETE',
      path: `/enforcers/${String((second.body as Json[])[0]?.['ID'])}`,
      namespace: '/paging',
    })
  })

  it('gives only the fields asked for, one header line each', async () => {
    const two = await get('?q=name==a', { headers: { 'x-fields': ['name', 'namespace'] } })
    expect(two.body).toEqual([{ name: 'a', namespace: '/paging' }])
    const folded = await get('?q=name==a', { headers: { 'x-fields': 'name, namespace' } })
    expect(folded.body).toEqual([{}])
  })

  it('compresses when asked', async () => {
    const plain = await get('')
    expect(plain.headers['content-encoding']).toBeUndefined()
    const zipped = await get('', { headers: { 'accept-encoding': 'gzip, br' } })
    expect(zipped.headers['content-encoding']).toBe('gzip')
    expect(JSON.parse(gunzipSync(zipped.bytes).toString('utf8'))).toEqual(plain.body)
    expect(
      (await get('', { headers: { 'accept-encoding': 'gzip;q=0' } })).headers['content-encoding'],
    ).toBeUndefined()
  })

  it.each([
    ['?pageSize=5', 'Unknown parameter: `pageSize`'],
    ['?foo=1&bar=2', 'Unknown parameter: `foo`'],
    ['?propagated=true', 'Unknown parameter: `propagated`'],
    ['?constructor=1', 'Unknown parameter: `constructor`'],
    ['?__proto__=1', 'Unknown parameter: `__proto__`'],
    ['?page=x', "Parameter 'page' cannot be 'x'"],
    ['?page=1&page=2', "Parameter 'page' must be sent only once"],
    ['?page=-1', "Parameter 'page' must not be negative"],
    ['?limit=1&pagesize=1', "Parameters 'limit' and 'pagesize' exclude each other"],
    ['?after=x&page=1', "Parameters 'after' and 'page' exclude each other"],
    ['?after=x', "Parameter 'after' is not the X-Next of an answer"],
    ['?after=WyJ4IiwxLjVd', "Parameter 'after' is not the X-Next of an answer"],
    ['?after=x&order=name&order=ID', "Parameter 'after' allows only one 'order'"],
    ['?order=', "Parameter 'order' must not be empty"],
    ['?order=nope', "Parameter 'order': objects of enforcer have no attribute 'nope'"],
    ["?order=name')--", "objects of enforcer have no attribute 'name')--'"],
    ['?q=', 'Invalid filter: invalid start of expression. found EOF'],
    ['?q=name', 'Invalid filter: invalid operator'],
    ['?q=nope==1', "Invalid filter: objects of enforcer have no attribute 'nope'"],
    ['?q=constructor==1', "Invalid filter: objects of enforcer have no attribute 'constructor'"],
    [`?q=${encodeURIComponent('name matches "("')}`, "Invalid filter: '(' is not a regular expression"],
  ])('refuses %s', async (query, text) => {
    const answer = await get(query)
    expect(answer.status).toBe(400)
    expect(problems(answer)[0]).toContain(text)
  })

  it('refuses a pattern that is none where there is nothing to match', async () => {
    const path = `/enforcers?q=${encodeURIComponent('name == x or name matches "("')}`
    expect((await call({ path, namespace: '/a/b' })).status).toBe(400)
  })

  it('names every unknown parameter', async () => {
    expect(problems(await get('?foo=1&bar=2'))).toHaveLength(2)
  })
})

describe('addresses', () => {
  it.each([
    ['GET', '/nothing', 404],
    ['GET', '/enforcers/x/nothing', 404],
    ['GET', '/nothing/x/poke', 404],
    ['GET', '/namespaces/x/poke', 404],
    ['GET', '/enforcers/x/enforcers', 404],
    ['GET', '/constructor', 404],
    ['GET', '/__proto__', 404],
    ['GET', '/credentials', 404],
    ['PUT', '/enforcers', 405],
    ['DELETE', '/enforcers', 405],
    ['POST', '/enforcers/x', 405],
    ['HEAD', '/enforcers/x', 405],
    ['DELETE', '/roles', 405],
    ['GET', '/issue', 405],
    ['OPTIONS', '/enforcers', 405],
    ['GET', '/a/b/c/d', 400],
    ['GET', '//', 400],
    ['GET', '/enforcers//x', 400],
    ['GET', '/%', 400],
    ['GET', '/v/x/enforcers', 400],
    ['GET', '/v/2/enforcers', 400],
    ['GET', '/v/1', 400],
    ['GET', '/v/1/enforcers', 200],
    ['GET', '/v/0/enforcers', 200],
    ['GET', '/enforcers/', 200],
    ['GET', '/', 200],
    ['GET', '/_meta/nothing', 404],
    ['POST', '/_meta/ca', 405],
  ])('%s %s answers %i', async (method, path, status) => {
    const answer = await call({ method, path })
    expect(answer.status).toBe(status)
    if (status >= 400 && method !== 'HEAD') expect(answer.body).toMatchObject([{ code: status }])
  })

  it('under /_meta need no token', async () => {
    const meta = (name: string): Promise<RawAnswer> => callConsole(console, { path: `/_meta/${name}` })
    expect((await meta('ca')).bytes.toString('utf8')).toBe(console.caPem)
    expect((await meta('config')).body).toMatchObject({ api: console.url })
    expect(new Date(String(bodyOf(await meta('time'))['time'])).getTime()).toBe(nowMs)
    for (const name of ['versions', 'version', 'name', 'routes']) expect((await meta(name)).status).toBe(200)
  })

  it('of health need no token either', async () => {
    const full = await callConsole(console, { path: '/healthchecks' })
    expect(full.status).toBe(200)
    expect(full.body).toEqual([
      { type: 'Database', name: 'sqlite', status: 'Operational', responseTime: expect.stringMatching(/ms$/) },
      { type: 'MessagingSystem', name: 'events', status: 'Operational' },
      { type: 'Service', name: 'api', status: 'Operational' },
    ])
    expect((await callConsole(console, { path: '/healthchecks?quiet=true' })).body).toEqual([])
  })
})

describe('headers', () => {
  it.each([
    ['X-Read-Consistency', 'Strong'],
    ['X-Read-Consistency', ['strong', 'strong']],
    ['X-Write-Consistency', 'eventual'],
  ] as const)('ask for no consistency that is none: %s %s', async (header, value) => {
    const answer = await call({ path: '/enforcers', headers: { [header]: value } })
    expect([answer.status, problems(answer)[0]]).toEqual([400, expect.stringContaining(header)])
  })

  it('say what is deprecated of what was sent, and nothing of what is empty', async () => {
    const body = enforcer('old', { collectedInfo: { a: 'b' } })
    const made = await post('/enforcers', { body })
    expect([made.status, made.headers['x-messages']]).toEqual([
      200,
      "Attribute 'collectedInfo' of enforcers is deprecated",
    ])
    const quiet = await post('/enforcers', { body: { ...body, collectedInfo: {} } })
    expect([quiet.status, quiet.headers['x-messages']]).toEqual([200, undefined])
  })
})

it('says of a failure of its own only where to find it, with what the client calls the request', async () => {
  let isBroken = false
  const nowMs = (): number => {
    if (isBroken) throw new Error('the clock fell off the wall')
    return Date.now()
  }
  const other = await startTestConsole({ nowMs })
  const token = await issueTestToken(other, { credential: other.adminCredential })
  isBroken = true
  const headers = { 'X-External-Tracking-Type': 'ticket', 'X-External-Tracking-ID': '5' }
  const answer = await callConsole(other, { path: '/enforcers?q=secret', token, namespace: '/', headers })
  const noted = other.notes.find(({ type }) => type === 'request-failed')
  isBroken = false
  await other.close()
  expect(answer.status).toBe(500)
  const description = 'The Console failed to answer'
  expect(answer.body).toEqual([
    {
      code: 500,
      title: 'Internal Server Error',
      subject: 'console',
      description,
      trace: expect.stringMatching(/^[0-9a-f]{16}$/),
    },
  ])
  const { trace } = (answer.body as Json[])[0] ?? {}
  expect(noted).toMatchObject({ trace, path: '/enforcers', tracking: 'ticket 5' })
})

it('leaves nothing to complain about', () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
