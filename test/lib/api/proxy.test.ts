import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ConsoleClient } from '../../../src/lib/api/console-client.ts'
import { namespaces } from '../../../src/lib/api/endpoints/namespaces.ts'
import { followEvents } from '../../../src/lib/api/events/follow-events.ts'
import { toLoginCredential } from '../../../src/lib/api/login-credential.ts'
import { openConsole } from '../../../src/lib/api/open-console.ts'
import type { Proxy } from '../../../src/lib/api/wire/wire.ts'
import { systemClock } from '../../../src/lib/async/clock.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'
import { startTestConsole, type TestConsole } from '../../helpers/console.ts'

let server: TestConsole
beforeAll(async () => {
  server = await startTestConsole()
})
afterAll(() => server.close())
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface TestProxy {
  readonly origin: string
  /** What each CONNECT asked for, and with what authorization. */
  readonly seen: (readonly [authority: string, authorization: string | undefined])[]
}

/** A real proxy that knows CONNECT; with `status`, one that refuses. */
async function startProxy(status = 200): Promise<TestProxy> {
  const seen: [string, string | undefined][] = []
  const sockets = new Set<Socket>()
  const proxy: Server = createServer((_request, response) => response.writeHead(501).end())
  proxy.on('connect', (request, client: Socket) => {
    seen.push([request.url ?? '', request.headers['proxy-authorization']])
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 2\r\n\r\n[]`)
      return
    }
    const [host, port] = (request.url ?? '').split(':')
    const onward = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.pipe(client).pipe(onward)
    })
    for (const socket of [onward, client]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    proxy.closeAllConnections()
    return new Promise((resolve) => proxy.close(resolve))
  })
  return { origin: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, seen }
}

function open(proxy: Proxy): ConsoleClient {
  const login = { kind: 'app-credential', credential: toLoginCredential(server.adminCredential) } as const
  const client = openConsole(
    { api: server.url, namespace: '/', login, proxy },
    { clock: systemClock, random: () => 0 },
  )
  closing.push(() => client.close())
  return client
}

describe('a Console behind a proxy', () => {
  it('is reached with client certificate and token, by its own name', async () => {
    const { origin, seen } = await startProxy()
    const authorization = new Secret(Buffer.from('ann:planted').toString('base64'))
    const client = open({ origin, authorization })
    expect(await namespaces(client).count()).toBe(0)
    expect(await namespaces(client).count()).toBe(0)
    const { host } = new URL(server.url)
    // One tunnel to log in and one for the rest, or two when the second call comes before the pool has put it away.
    expect([2, 3]).toContain(seen.length)
    for (const each of seen) expect(each).toEqual([host, `Basic ${authorization.reveal()}`])
  })

  it('is heard through it as well', async () => {
    const { origin, seen } = await startProxy()
    const client = open({ origin })
    const stop = new AbortController()
    closing.push(() => stop.abort(new Error('over')))
    const notices = followEvents(
      { selection: { namespace: {} } },
      { console: client, clock: systemClock, signal: stop.signal },
    )
    expect((await notices.next()).value).toEqual({ kind: 'connected' })
    await namespaces(client).create({ name: 'heard' })
    expect((await notices.next()).value).toMatchObject({ kind: 'event', event: { type: 'create' } })
    expect(seen.length).toBeGreaterThanOrEqual(2)
  })

  it('is not reached when the proxy refuses, whose answer is not taken for the Console’s', async () => {
    const { origin } = await startProxy(407)
    await expect(namespaces(open({ origin })).count()).rejects.toMatchObject({
      code: 'APO-API-UNREACHABLE',
      message: expect.stringContaining(`through the proxy ${origin}: the proxy answered HTTP 407`) as string,
    })
  })

  it('is not reached when the proxy is not there, which is named without its password', async () => {
    const proxy = { origin: 'http://127.0.0.1:1', authorization: new Secret('cGxhbnRlZA==') }
    const failure: unknown = await namespaces(open(proxy))
      .count()
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'APO-API-UNREACHABLE',
      message: expect.stringContaining('through the proxy http://127.0.0.1:1 (ECONNREFUSED)') as string,
    })
  })
})
