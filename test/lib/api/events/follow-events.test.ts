import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { enforcers } from '../../../../src/lib/api/endpoints/enforcers.ts'
import { namespaces } from '../../../../src/lib/api/endpoints/namespaces.ts'
import {
  followEvents,
  reconnectWaitMs,
  type EventNotice,
  type FollowOptions,
} from '../../../../src/lib/api/events/follow-events.ts'
import type { ConsoleClient, ConsoleLogin } from '../../../../src/lib/api/console-client.ts'
import { toLoginCredential } from '../../../../src/lib/api/login-credential.ts'
import { openConsole } from '../../../../src/lib/api/open-console.ts'
import { systemClock } from '../../../../src/lib/async/clock.ts'
import { Secret } from '../../../../src/lib/secrets/secret.ts'
import { startTestConsole, type TestConsole } from '../../../helpers/console.ts'
import { makeCertificate } from '../scripted-server.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function connect(
  place: { readonly url: string; readonly caPem: string },
  login: ConsoleLogin,
): ConsoleClient {
  const client = openConsole(
    { api: place.url, namespace: '/', login, trust: { authoritiesPem: place.caPem } },
    { clock: systemClock, random: Math.random },
  )
  closing.push(() => client.close())
  return client
}

interface Listener {
  readonly notices: AsyncGenerator<EventNotice, never, undefined>
  readonly stop: AbortController
  /** The next notice of that kind. */
  next<Kind extends EventNotice['kind']>(kind: Kind): Promise<EventNotice & { readonly kind: Kind }>
}

function listen(client: ConsoleClient, options: Partial<FollowOptions> = {}): Listener {
  const stop = new AbortController()
  closing.push(() => stop.abort(new Error('the test is over')))
  const world = { console: client, clock: systemClock, signal: stop.signal }
  const notices = followEvents({ selection: {}, ...options }, world)
  return {
    notices,
    stop,
    async next(kind) {
      for (;;) {
        const { value } = await notices.next()
        if (value.kind === kind) return value as never
      }
    },
  }
}

const adminOf = (console: TestConsole): ConsoleLogin => ({
  kind: 'app-credential',
  credential: toLoginCredential(console.adminCredential),
})

describe('following the events of a Console', () => {
  let server: TestConsole
  beforeAll(async () => {
    server = await startTestConsole()
  })
  afterAll(() => server.close())

  it('tells what happens to the kinds of object that were asked for', async () => {
    const client = connect(server, adminOf(server))
    const listener = listen(client, { selection: { enforcer: {} } })
    await listener.next('connected')
    await namespaces(client).create({ name: 'unheard' })
    const made = await enforcers(client).create({ name: 'web1', FQDN: 'web1' })
    await enforcers(client).patch({ id: made.ID, to: { description: 'x' } })
    await enforcers(client).delete(made.ID)
    for (const type of ['create', 'update', 'delete']) {
      const { event } = await listener.next('event')
      expect(event).toMatchObject({ type, identity: 'enforcer', entity: { ID: made.ID } })
      expect(Date.parse(event.timestamp)).not.toBeNaN()
    }
  })

  it('leaves out what a filter leaves out, of the namespaces below as well', async () => {
    const client = connect(server, adminOf(server))
    await namespaces(client).create({ name: 'below' })
    const selection = {
      enforcer: { filter: 'name contains ["db"] or name == "web2"', types: ['create'] as const },
    }
    const listener = listen(client, { recursive: true, selection })
    await listener.next('connected')
    for (const name of ['web1', 'web2', 'db']) {
      await enforcers(client).create({ name, FQDN: name }, { namespace: '/below' })
    }
    const names = [await listener.next('event'), await listener.next('event')].map(
      ({ event }) => event.entity['name'],
    )
    expect(names).toEqual(['web2', 'db'])
  })

  it('ends with the reason of who stops it', async () => {
    const listener = listen(connect(server, adminOf(server)))
    await listener.next('connected')
    const next = listener.notices.next()
    listener.stop.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
  })

  it('says so when the Console does not let it in', async () => {
    const nobody = listen(connect(server, { kind: 'token', token: new Secret('nonsense') }))
    await expect(nobody.next('connected')).rejects.toMatchObject({ code: 'APO-API-AUTH' })
    const client = connect(server, adminOf(server))
    const narrow = await client.token()
    expect(narrow.reveal()).not.toBe('')
    const login = { ...adminOf(server), terms: { restrictedNamespace: '/elsewhere' } } as ConsoleLogin
    await expect(listen(connect(server, login)).next('connected')).rejects.toMatchObject({
      code: 'APO-API-FORBIDDEN',
      message: expect.stringContaining('not allowed to hear') as string,
    })
  })

  it('does not wait for ever for a Console that is not there', async () => {
    const nowhere = connect(
      { url: 'https://127.0.0.1:1', caPem: server.caPem },
      {
        kind: 'token',
        token: new Secret('planted-token'),
      },
    )
    const failure = await listen(nowhere)
      .next('connected')
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'APO-API-UNREACHABLE' })
    expect(String((failure as Error).stack)).not.toContain('planted-token')
  })
})

describe('a connection that is lost', () => {
  it('is made again, and the gap is told', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'apoctl-events-'))
    closing.push(() => rm(dataDir, { recursive: true }))
    const first = await startTestConsole({ dataDir })
    const client = connect(first, adminOf(first))
    const listener = listen(client, { selection: { namespace: {} } })
    await listener.next('connected')
    await first.close()
    const second = await startTestConsole({ port: first.port, dataDir })
    closing.push(() => second.close())
    const gap = await listener.next('gap')
    expect(gap.reason).toBe('the Console stops')
    expect(gap.lostForMs).toBeGreaterThanOrEqual(0)
    await namespaces(client).create({ name: 'after' })
    expect((await listener.next('event')).event.entity['name']).toBe('/after')
  })

  it('waits before the next try as the official subscriber does', () => {
    expect([0, 1, 2, 3, 6, 7, 1000].map(reconnectWaitMs)).toEqual([0, 3, 15, 63, 4095, 8000, 8000])
  })
})

/** Plays a Console that misbehaves on purpose. */
async function startEventServer(
  play: (socket: WebSocket, connection: number) => void,
): Promise<{ readonly url: string; readonly caPem: string; readonly queries: URLSearchParams[] }> {
  const { key, cert } = makeCertificate()
  const server: Server = createServer({ key, cert })
  const queries: URLSearchParams[] = []
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, request) => {
    queries.push(new URL(request.url ?? '', 'https://x').searchParams)
    play(socket, queries.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, caPem: cert, queries }
}
const given: ConsoleLogin = { kind: 'token', token: new Secret('planted-token') }

describe('a Console that misbehaves', () => {
  it('ends it when the Console does not understand what was asked', async () => {
    const server = await startEventServer((socket) =>
      socket.once('message', () => socket.close(1003, 'no such thing')),
    )
    const listener = listen(connect(server, given))
    await listener.next('connected')
    await expect(listener.notices.next()).rejects.toMatchObject({
      code: 'APO-API-REJECTED',
      message: expect.stringContaining('no such thing') as string,
    })
    expect(server.queries).toHaveLength(1)
  })

  it('ends it when the Console complains with an event', async () => {
    const entity = { code: 400, title: 'Bad Request', description: 'not so', subject: 'x' }
    const server = await startEventServer((socket) =>
      socket.once('message', () => socket.send(JSON.stringify({ type: 'error', identity: '', entity }))),
    )
    const listener = listen(connect(server, given))
    await listener.next('connected')
    await expect(listener.notices.next()).rejects.toThrow('not so')
    expect(server.queries[0]?.has('enableErrors')).toBe(true)
  })

  it('passes over what is no event', async () => {
    const server = await startEventServer((socket) =>
      socket.once('message', () => {
        for (const text of [
          '',
          'null',
          '[]',
          '{}',
          '{"type":"create"}',
          '{"type":"x","identity":"a","entity":{}}',
        ])
          socket.send(text)
        socket.send('{"type":"create","identity":"a","entity":{"ID":"1"}}')
      }),
    )
    const listener = listen(connect(server, given))
    expect((await listener.next('event')).event).toEqual({
      type: 'create',
      identity: 'a',
      entity: { ID: '1' },
      timestamp: '',
    })
  })

  it('comes back after every end that is not its own fault', async () => {
    const codes = [1001, 1011, 1013]
    const server = await startEventServer((socket, connection) =>
      socket.once('message', () => {
        const code = codes[connection - 1]
        if (code !== undefined) socket.close(code)
      }),
    )
    const listener = listen(connect(server, given))
    await listener.next('connected')
    for (const code of codes) expect((await listener.next('gap')).reason).toContain(String(code))
  })
})

describe('a token that ends while events are followed', () => {
  const tokenFor = (lifeMs: number, name: string): Secret => {
    const claims = JSON.stringify({ iat: 1000, exp: 1000 + lifeMs / 1000 })
    return new Secret(`e30.${Buffer.from(claims).toString('base64url')}.${name}`)
  }

  it('is renewed on the connection that is there', async () => {
    let tell: (text: string) => void = () => undefined
    const renewed = new Promise<string>((resolve) => (tell = resolve))
    const server = await startEventServer((socket) =>
      socket.on('message', (data: Buffer) => {
        if (data.toString().includes('parameters')) tell(data.toString())
      }),
    )
    const tokens = [tokenFor(80, 'first'), tokenFor(3_600_000, 'second')]
    let latest: Secret | undefined
    const client = {
      ...connect(server, given),
      token: () => Promise.resolve((latest = tokens.shift() ?? latest) as Secret),
    }
    const listener = listen(client, { selection: { enforcer: { filter: 'name == "a"' } } })
    await listener.next('connected')
    expect(server.queries[0]?.get('token')).toMatch(/first$/)
    const message = JSON.parse(await renewed) as { parameters: { token: string[] } }
    expect(message).toMatchObject({ identities: { enforcer: [] }, filters: { enforcer: 'name == "a"' } })
    expect(message.parameters.token).toEqual([expect.stringMatching(/second$/)])
    expect(server.queries).toHaveLength(1)
  })
})
