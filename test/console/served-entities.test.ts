import { once } from 'node:events'
import { WebSocket } from 'ws'
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
let nowMs = Date.now()

beforeAll(async () => {
  console = await startTestConsole({ nowMs: () => nowMs })
  admin = await issueTestToken(console, { credential: console.adminCredential, more: { validity: '700h' } })
  await make('/namespaces', {
    namespace: '/',
    body: { name: 'a', organizationalMetadata: ['@org:unit=one'] },
  })
  await make('/namespaces', { body: { name: 'b', organizationalMetadata: ['@org:team=two'] } })
})
afterAll(() => console.close())

const call = (asked: RawRequest): Promise<RawAnswer> =>
  callConsole(console, { token: admin, namespace: '/a', ...asked })
const make = async (path: string, asked: Partial<RawRequest>): Promise<Json> => {
  const answer = await call({ method: 'POST', path, ...asked })
  expect([answer.status, answer.body]).toEqual([200, expect.anything()])
  return answer.body as Json
}
const namesOf = (answer: RawAnswer): unknown[] => (answer.body as Json[]).map((object) => object['name'])
const network = (name: string, more: object = {}): Json => ({ name, entries: ['10.0.0.0/8'], ...more })
const idOf = (object: Json): string => String(object['ID'])

/** Everything that is heard in a namespace and below from now on. */
async function listen(
  token: string,
  namespace = '/a',
): Promise<{ events: Json[]; heard(count: number): Promise<void> }> {
  const url = `${console.url.replace('https', 'wss')}/events?mode=all&namespace=${namespace}&token=${token}`
  const socket = new WebSocket(url, { ca: console.caPem })
  const events: Json[] = []
  socket.on('message', (data: Buffer) => events.push(JSON.parse(data.toString('utf8')) as Json))
  await once(socket, 'open')
  return { events, heard: (count) => expect.poll(() => events.length, { timeout: 20_000 }).toBe(count) }
}

describe('policies', () => {
  it('are kept whole, with rules and expressions', async () => {
    const rule = { object: [['a=b']], protocolPorts: ['tcp/443'], name: 'web' }
    const made = await make('/networkrulesetpolicies', {
      body: { name: 'web', subject: [['$identity=processingunit']], incomingRules: [rule] },
    })
    expect(made).toMatchObject({
      incomingRules: [{ ...rule, action: 'Allow', observationEnabled: false }],
      outgoingRules: [],
    })
    const read = await call({ path: `/networkrulesetpolicies/${idOf(made)}` })
    expect(read.body).toEqual(made)
    const wrong = await call({
      method: 'PATCH',
      path: `/networkrulesetpolicies/${idOf(made)}`,
      body: { subject: [] },
    })
    expect([wrong.status, wrong.body]).toEqual([
      422,
      [
        expect.objectContaining({
          description: 'Expression must contain at least one sub-expression',
          data: { attribute: 'subject' },
        }),
      ],
    ])
  })

  it('that propagate are seen below when that is asked for, and changed only where they live', async () => {
    const shared = await make('/externalnetworks', { body: network('shared', { propagate: true }) })
    await make('/externalnetworks', { body: network('kept') })
    const below = { namespace: '/a/b' }
    expect(namesOf(await call({ path: '/externalnetworks', ...below }))).toEqual([])
    expect(namesOf(await call({ path: '/externalnetworks?propagated=true', ...below }))).toEqual(['shared'])
    const path = `/externalnetworks/${idOf(shared)}`
    expect((await call({ path, ...below })).status).toBe(404)
    expect((await call({ path: `${path}?propagated=true`, ...below })).status).toBe(200)
    expect((await call({ method: 'PATCH', path, body: { description: 'x' }, ...below })).status).toBe(404)
    expect((await call({ method: 'DELETE', path, ...below })).status).toBe(404)
  })

  it('carry what their namespaces say about the organization, where policies select them by it', async () => {
    const made = await make('/externalnetworks', {
      namespace: '/a/b',
      body: network('org', { metadata: ['@x=y'] }),
    })
    expect(made['metadata']).toEqual(['@x=y', '@org:unit=one', '@org:team=two'])
    expect(made['normalizedTags']).toContain('@org:unit=one')
    const again = await call({
      method: 'PUT',
      path: `/externalnetworks/${idOf(made)}`,
      namespace: '/a/b',
      body: made,
    })
    expect(again.status).toBe(200)
    const profile = await make('/enforcerprofiles', { body: { name: 'p' } })
    expect(profile['metadata']).toEqual([])
  })

  it('are deleted only when they answer the filter of the request', async () => {
    const made = await make('/externalnetworks', { body: network('filtered') })
    const path = `/externalnetworks/${idOf(made)}`
    expect((await call({ method: 'DELETE', path: `${path}?q=name==other` })).status).toBe(404)
    expect((await call({ method: 'DELETE', path: `${path}?q=name==filtered` })).status).toBe(200)
  })
})

describe('a change with an idempotency key', () => {
  it.each(['PUT', 'PATCH'])('is done once (%s)', async (method) => {
    const made = await make('/externalnetworks', { body: network(`once ${method}`) })
    const path = `/externalnetworks/${idOf(made)}`
    const headers = { 'idempotency-key': `change ${method}` }
    const body = { ...made, description: 'changed' }
    nowMs += 1000
    const first = await call({ method, path, headers, body })
    nowMs += 1000
    const second = await call({ method, path, headers, body })
    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.body).toEqual(first.body)
    const other = await call({ method, path, headers, body: { ...body, description: 'other' } })
    expect(other.status).toBe(422)
  })
})

describe('deleting a namespace', () => {
  it('says of everything in it that it went', async () => {
    await make('/namespaces', { body: { name: 'doomed' } })
    await make('/namespaces', { namespace: '/a/doomed', body: { name: 'deep' } })
    for (let index = 0; index < 100; index++) {
      await make('/externalnetworks', { namespace: '/a/doomed/deep', body: network(`n${index}`) })
    }
    const [doomed] = (await call({ path: '/namespaces?q=name==/a/doomed' })).body as Json[]
    const reader = await listen(admin)
    await call({ method: 'DELETE', path: `/namespaces/${idOf(doomed ?? {})}` })
    await reader.heard(102)
    expect(new Set(reader.events.map(({ type }) => type))).toEqual(new Set(['delete']))
    expect(
      reader.events
        .filter(({ identity }) => identity === 'namespace')
        .map(({ entity }) => (entity as Json)['name']),
    ).toEqual(['/a/doomed/deep', '/a/doomed'])
  })
})

describe('what enforcers are asked and say', () => {
  let enforcer: Json
  let unit: Json
  let token: string
  let stranger: string

  beforeAll(async () => {
    const tokens: string[] = []
    for (const name of ['mine', 'other']) {
      const credential = await makeTestCredential(console, {
        token: admin,
        namespace: '/a/b',
        roles: ['@auth:role=enforcer'],
      })
      const own = await issueTestToken(console, { credential })
      const made = await make('/enforcers', {
        token: own,
        namespace: '/a/b',
        body: { name, FQDN: name, associatedTags: [`name=${name}`] },
      })
      if (name === 'mine') enforcer = made
      tokens.push(own)
    }
    ;[token, stranger] = tokens as [string, string]
    unit = await make('/processingunits', {
      token,
      namespace: '/a/b',
      body: { name: 'pu', type: 'Host', enforcerID: idOf(enforcer) },
    })
  })

  it('reaches the enforcer of a processing unit, and no other', async () => {
    const [mine, others] = [await listen(token, '/a/b'), await listen(stranger, '/a/b')]
    const asked = await make(`/processingunits/${idOf(unit)}/processingunitrefreshes`, {
      body: { pingEnabled: true, pingAddress: '10.0.0.1', pingPort: 80 },
    })
    expect(asked).toMatchObject({
      ID: idOf(unit),
      namespace: '/a/b',
      pingMode: 'Auto',
      pingIterations: 1,
      refreshID: expect.stringMatching(/^[0-9a-f]{24}$/),
    })
    await call({ path: `/processingunits/${idOf(unit)}/poke?notify=true`, namespace: '/a/b' })
    await mine.heard(2)
    expect(mine.events[0]).toMatchObject({
      type: 'create',
      identity: 'processingunitrefresh',
      entity: { ID: idOf(unit), pingAddress: '10.0.0.1' },
    })
    const one = await make(`/enforcers/${idOf(enforcer)}/enforcerrefreshes`, { body: { debug: 'Logs' } })
    expect(one).toMatchObject({ ID: idOf(enforcer), namespace: '/a/b', debug: 'Logs', refreshType: 'Debug' })
    await make('/enforcerrefreshes', { body: { selector: [['name=mine'], ['name=nobody']] } })
    await mine.heard(4)
    expect(others.events).toEqual([])
    const none = await call({ method: 'POST', path: '/enforcerrefreshes', body: {} })
    expect(none.status).toBe(422)
  })

  it('is asked once for one idempotency key', async () => {
    const mine = await listen(token, '/a/b')
    const twice = async (path: string, body: object): Promise<void> => {
      const asked = { namespace: '/a/b', headers: { 'idempotency-key': path }, body }
      expect(await make(path, asked)).toEqual(await make(path, asked))
    }
    await twice(`/processingunits/${idOf(unit)}/processingunitrefreshes`, {})
    await twice(`/enforcers/${idOf(enforcer)}/enforcerrefreshes`, {})
    await twice('/pingrequests', { refreshID: 'once' })
    await make('/externalnetworks', { namespace: '/a/b', body: network('last') })
    await call({ path: `/processingunits/${idOf(unit)}/poke?notify=true`, namespace: '/a/b' })
    await mine.heard(3)
    const results = await call({ path: '/pingresults?q=refreshID==once', namespace: '/a/b' })
    expect(results.headers['x-count-total']).toBe('1')
  })

  it('becomes the result of a ping', async () => {
    const { pingID } = await make('/pingrequests', {
      token,
      namespace: '/a/b',
      body: { refreshID: 'r1', iterations: 2 },
    })
    const probe = (more: object): Json => ({
      pingID,
      enforcerID: idOf(enforcer),
      enforcerNamespace: '/a/b',
      claimsType: 'Transmitted',
      payloadSizeType: 'Transmitted',
      remoteEndpointType: 'ProcessingUnit',
      remoteNamespaceType: 'Hash',
      ...more,
    })
    const path = `/processingunits/${idOf(unit)}/pingprobes`
    const seen = await make(path, {
      token,
      namespace: '/a/b',
      body: probe({ type: 'Request', isServer: true }),
    })
    await make(path, { token, namespace: '/a/b', body: probe({ type: 'Response', RTT: '1ms' }) })
    await make(path, {
      token,
      namespace: '/a/b',
      body: probe({ type: 'Request', iterationIndex: 1, error: 'timeout' }),
    })
    const refused = await call({
      method: 'POST',
      path,
      token: stranger,
      namespace: '/a/b',
      body: probe({ type: 'Request' }),
    })
    expect(refused.status).toBe(404)
    const [result, ...more] = (await call({ path: '/pingresults?recursive=1&q=refreshID==r1' }))
      .body as Json[]
    expect(more).toEqual([])
    expect(result).toMatchObject({
      pingID,
      namespace: '/a/b',
      pingPairs: [
        { request: { isServer: true, ID: idOf(seen) }, response: { RTT: '1ms' } },
        { request: { error: 'timeout', iterationIndex: 1 }, response: null },
      ],
    })
    expect((await call({ path: `/pingprobes/${idOf(seen)}` })).body).toMatchObject({
      processingUnitID: idOf(unit),
    })
    nowMs += 25 * 3_600_000
    await make('/pingrequests', { body: { refreshID: 'r2' } })
    expect((await call({ path: '/pingresults?recursive=1' })).headers['x-count-total']).toBe('1')
    expect((await call({ path: `/pingprobes/${idOf(seen)}` })).status).toBe(404)
  })

  it('may be a bundle, listed below its enforcer from any namespace above', async () => {
    const path = `/enforcers/${idOf(enforcer)}/debugbundles`
    const fresh = await issueTestToken(console, { credential: console.adminCredential })
    await make(path, { token: fresh, body: { debugID: 'd1' } })
    const listed = await call({ path, token: fresh })
    expect(listed.body).toMatchObject([{ debugID: 'd1', enforcerID: idOf(enforcer), namespace: '/a/b' }])
    expect((await call({ path: '/enforcers/nobody/debugbundles', token: fresh })).status).toBe(404)
  })
})

describe('what is known and not served', () => {
  it.each([
    ['POST', '/flowreports', 501],
    ['POST', '/reportsqueries?startRelative=1h', 501],
    ['POST', '/reportsqueries', 400],
    ['POST', '/reportsqueries?startRelative=1h&endRelative=1m&endAbsolute=2026-01-01T00:00:00Z', 400],
    ['GET', '/metricsquery?query=flows', 501],
    ['GET', '/metricsquery', 400],
    ['POST', '/renderedpolicies', 501],
    ['GET', '/policyrules/x', 501],
    ['GET', '/flowreports', 405],
  ])('%s %s answers %i', async (method, path, status) => {
    const token = await issueTestToken(console, { credential: console.adminCredential })
    const answer = await call({ method, path, token, ...(method === 'POST' ? { body: {} } : {}) })
    expect(answer.body).toMatchObject([{ code: status }])
  })
})

it('leaves nothing to complain about', () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
