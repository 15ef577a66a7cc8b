import { once } from 'node:events'
import WebSocket from 'ws'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  callConsole,
  issueTestToken,
  makeTestCredential,
  startTestConsole,
  type RawAnswer,
  type TestConsole,
} from '../helpers/console.ts'

type Json = Record<string, unknown>
let console: TestConsole
let admin: string
const open: WebSocket[] = []

beforeAll(async () => {
  console = await startTestConsole({ eventQueueLength: 8 })
  admin = await issueTestToken(console, { credential: console.adminCredential })
  for (const [namespace, name] of [
    ['/', 'a'],
    ['/a', 'b'],
    ['/', 'other'],
  ] as const) {
    await callConsole(console, {
      method: 'POST',
      path: '/namespaces',
      token: admin,
      namespace,
      body: { name },
    })
  }
})
afterEach(() => open.splice(0).forEach((socket) => socket.terminate()))
afterAll(() => console.close())

const makeEnforcer = (namespace: string, name: string): Promise<RawAnswer> =>
  callConsole(console, {
    method: 'POST',
    path: '/enforcers',
    token: admin,
    namespace,
    body: { name, FQDN: name },
  })
const change = (answer: RawAnswer, body: object, method = 'PATCH'): Promise<RawAnswer> => {
  const { ID, namespace } = answer.body as { ID: string; namespace: string }
  const sent = method === 'DELETE' ? {} : { body }
  return callConsole(console, { method, path: `/enforcers/${ID}`, token: admin, namespace, ...sent })
}

interface Listener {
  readonly socket: WebSocket
  readonly events: Json[]
  readonly closed: Promise<{ code: number; reason: string }>
  /** Resolves once the Console has dealt with everything sent before. */
  settle(): Promise<void>
}

async function listen(query: string, config?: object): Promise<Listener> {
  const socket = new WebSocket(`${console.url.replace('https', 'wss')}/events?${query}`, {
    ca: console.caPem,
  })
  open.push(socket)
  const events: Json[] = []
  socket.on('message', (data: Buffer) => events.push(JSON.parse(data.toString('utf8')) as Json))
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString('utf8') })),
  )
  await once(socket, 'open')
  const settle = async (): Promise<void> => {
    socket.ping()
    await once(socket, 'pong')
  }
  if (config !== undefined) socket.send(JSON.stringify(config))
  await settle()
  return { socket, events, closed, settle }
}

const params = (namespace: string, more = ''): string =>
  `namespace=${encodeURIComponent(namespace)}&token=${admin}${more}`
const names = (listener: Listener): unknown[] =>
  listener.events.map((event) => (event['entity'] as Json)['name'])

describe('a reader of events', () => {
  it('hears what happens in its namespace', async () => {
    const reader = await listen(params('/a'))
    const made = await makeEnforcer('/a', 'heard')
    await change(made, { description: 'x' })
    await change(made, {}, 'DELETE')
    await makeEnforcer('/other', 'not heard')
    await makeEnforcer('/a/b', 'below, not heard')
    await reader.settle()
    expect(reader.events.map(({ type, identity }) => [identity, type])).toEqual([
      ['enforcer', 'create'],
      ['enforcer', 'update'],
      ['enforcer', 'delete'],
    ])
    expect(reader.events[0]).toEqual({
      entity: made.body,
      identity: 'enforcer',
      type: 'create',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      encoding: 'application/json',
    })
  })

  it('hears of namespaces below with mode=all', async () => {
    const reader = await listen(params('/a', '&mode=all'))
    await makeEnforcer('/a/b', 'below')
    await makeEnforcer('/other', 'beside')
    await reader.settle()
    expect(names(reader)).toEqual(['below'])
  })

  it('chooses identities, types and objects', async () => {
    const config = {
      identities: { enforcer: ['update'] },
      filters: { enforcer: 'description == "wanted"' },
    }
    const reader = await listen(params('/a'), config)
    const made = await makeEnforcer('/a', 'chosen')
    await change(made, { description: 'unwanted' })
    await change(made, { description: 'wanted' })
    await reader.settle()
    expect(reader.events.map(({ type, entity }) => [type, (entity as Json)['description']])).toEqual([
      ['update', 'wanted'],
    ])
    reader.socket.send(JSON.stringify({ identities: { processingunit: [] } }))
    await reader.settle()
    await change(made, { description: 'wanted' })
    await reader.settle()
    expect(reader.events).toHaveLength(1)
  })

  it('hears of a heartbeat only when it brings news', async () => {
    const made = await makeEnforcer('/a', 'beats')
    const path = `/enforcers/${String((made.body as Json)['ID'])}/poke?status=Connected`
    const reader = await listen(params('/a'))
    for (let beat = 0; beat < 3; beat++) await callConsole(console, { path, token: admin, namespace: '/a' })
    await reader.settle()
    expect(reader.events.map(({ entity }) => entity)).toEqual([
      expect.objectContaining({ operationalStatus: 'Connected', previousOperationalStatus: 'Registered' }),
    ])
  })

  it('never hears a private key', async () => {
    const reader = await listen(params('/a'))
    await makeTestCredential(console, {
      token: admin,
      namespace: '/a',
      roles: ['@auth:role=namespace.viewer'],
    })
    await reader.settle()
    expect(reader.events).toHaveLength(1)
    expect(JSON.stringify(reader.events)).not.toMatch(/PRIVATE|certificateKey/)
    expect(reader.events[0]?.['entity']).toMatchObject({ credentials: null })
  })

  it('hears only what it may read', async () => {
    const roles = ['@auth:role=enforcer']
    const credential = await makeTestCredential(console, { token: admin, namespace: '/a', roles })
    const token = await issueTestToken(console, { credential })
    const own = await callConsole(console, {
      method: 'POST',
      path: '/enforcers',
      token,
      namespace: '/a',
      body: { name: 'own', FQDN: 'x' },
    })
    const reader = await listen(`namespace=/a&token=${token}`)
    await makeEnforcer('/a', 'someone else')
    await change(own, { description: 'x' })
    await callConsole(console, {
      method: 'POST',
      path: '/namespaces',
      token: admin,
      namespace: '/a',
      body: { name: 'new' },
    })
    await reader.settle()
    expect(names(reader)).toEqual(['own'])
  })
})

describe('the event socket', () => {
  it.each([
    ['namespace=/a', 401],
    ['namespace=/a&token=x', 401],
    ['namespace=nowhere&token=TOKEN', 400],
    ['namespace=/other&token=INSIDE', 403],
    ['namespace=/&token=INSIDE', 403],
  ])('refuses %s with %i before the upgrade', async (query, status) => {
    const credential = await makeTestCredential(console, {
      token: admin,
      namespace: '/a',
      roles: ['@auth:role=namespace.viewer'],
    })
    const inside = await issueTestToken(console, { credential })
    const url = `${console.url.replace('https', 'wss')}/events?${query.replace('TOKEN', admin).replace('INSIDE', inside)}`
    const socket = new WebSocket(url, { ca: console.caPem })
    const [request, response] = (await once(socket, 'unexpected-response')) as [
      { destroy(): void },
      AsyncIterable<Buffer> & { statusCode: number },
    ]
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    request.destroy()
    expect(response.statusCode).toBe(status)
    expect(JSON.parse(Buffer.concat(chunks).toString('utf8'))).toMatchObject([{ code: status }])
  })

  it('is the only one', async () => {
    const socket = new WebSocket(`${console.url.replace('https', 'wss')}/enforcers?token=${admin}`, {
      ca: console.caPem,
    })
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
    socket.on('error', () => undefined)
    socket.terminate()
    expect(response.statusCode).toBe(404)
  })

  it.each([
    'no JSON',
    '[]',
    '{"identities":[]}',
    '{"identities":{"enforcer":["explode"]}}',
    '{"identities":{"enforcer":[]},"filters":{"namespace":"name == x"}}',
    '{"identities":{"enforcer":[]},"filters":{"enforcer":"name contains x"}}',
    '{"identities":{"enforcer":[]},"filters":{"enforcer":"createTime > now()"}}',
  ])('closes on %s', async (message) => {
    const reader = await listen(params('/a'))
    reader.socket.send(message)
    expect((await reader.closed).code).toBe(1003)
  })

  it('answers bad messages with an error, and is mute until a good one comes, if asked', async () => {
    const reader = await listen(params('/a', '&enableErrors'))
    reader.socket.send('no JSON')
    await reader.settle()
    await makeEnforcer('/a', 'while mute')
    reader.socket.send('{}')
    await reader.settle()
    await makeEnforcer('/a', 'after')
    await reader.settle()
    expect(reader.events.map(({ type, identity }) => [type, identity])).toEqual([
      ['error', ''],
      ['create', 'enforcer'],
    ])
    expect(reader.events[0]?.['entity']).toMatchObject({
      code: 400,
      description: 'the message cannot be read: it is not JSON',
    })
  })

  it('ends with the token, unless a newer one comes', async () => {
    const issue = (validity: string): Promise<string> =>
      issueTestToken(console, { credential: console.adminCredential, more: { validity } })
    const ending = await listen(`namespace=/a&token=${await issue('2s')}`)
    const renewed = await listen(`namespace=/a&token=${await issue('2s')}`)
    renewed.socket.send(JSON.stringify({ parameters: { token: [await issue('1h')] } }))
    expect(await ending.closed).toEqual({ code: 1008, reason: 'the token has expired' })
    await renewed.settle()
    await makeEnforcer('/a', 'still here')
    await renewed.settle()
    expect(names(renewed)).toEqual(['still here'])
    renewed.socket.send(JSON.stringify({ parameters: { token: ['forged'] } }))
    expect((await renewed.closed).code).toBe(1008)
  })

  it('ends when the credential is disabled or deleted', async () => {
    for (const [method, body] of [
      ['PATCH', { disabled: true }],
      ['DELETE', undefined],
    ] as const) {
      const credential = await makeTestCredential(console, {
        token: admin,
        namespace: '/a',
        roles: ['@auth:role=namespace.viewer'],
      })
      const reader = await listen(`namespace=/a&token=${await issueTestToken(console, { credential })}`)
      await callConsole(console, {
        method,
        path: `/appcredentials/${credential.id}`,
        token: admin,
        namespace: '/a',
        body,
      })
      expect((await reader.closed).code).toBe(1008)
    }
  })

  it('drops a reader that does not read, and keeps the others', async () => {
    const slow = await listen(params('/a'))
    const good = await listen(params('/a'))
    slow.socket.pause()
    const made = await makeEnforcer('/a', 'big')
    const annotations = { note: ['x'.repeat(500_000)] }
    for (let round = 0; round < 40 && !console.notes.some(({ type }) => type === 'reader-dropped'); round++) {
      expect((await change(made, { annotations, description: String(round) })).status).toBe(200)
    }
    expect(console.notes.filter(({ type }) => type === 'reader-dropped')).toHaveLength(1)
    await good.settle()
    expect(good.socket.readyState).toBe(WebSocket.OPEN)
    slow.socket.resume()
    await slow.closed
  }, 30_000)

  it('says that the Console stops', async () => {
    const other = await startTestConsole()
    const token = await issueTestToken(other, { credential: other.adminCredential })
    const socket = new WebSocket(`${other.url.replace('https', 'wss')}/events?namespace=/&token=${token}`, {
      ca: other.caPem,
    })
    await once(socket, 'open')
    const [[code]] = await Promise.all([once(socket, 'close') as Promise<[number]>, other.close()])
    expect(code).toBe(1001)
  })
})

it('leaves nothing to complain about', () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
