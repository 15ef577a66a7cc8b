import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  callConsole,
  issueTestToken,
  startTestConsole,
  type RawAnswer,
  type TestConsole,
} from '../../helpers/console.ts'

let console: TestConsole
let admin: string

beforeAll(async () => {
  console = await startTestConsole({ bodyLimitBytes: 100_000 })
  admin = await issueTestToken(console, { credential: console.adminCredential })
})
afterAll(() => console.close())

const post = (body: string | Buffer, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  callConsole(console, { method: 'POST', path: '/namespaces', token: admin, namespace: '/', body, headers })

/** Says anything at all over TLS, and gives back what comes until the other side ends. */
async function say(text: string): Promise<string> {
  const socket = await open()
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => undefined)
  socket.write(text)
  await once(socket, 'close')
  return Buffer.concat(chunks).toString('utf8')
}

async function open(): Promise<TLSSocket> {
  const { hostname, port } = new URL(console.url)
  const socket = connect({ host: hostname, port: Number(port), ca: console.caPem })
  await once(socket, 'secureConnect')
  return socket
}

describe('a body', () => {
  it.each([
    ['that is no JSON', '{"name":', 400],
    ['that is a list', '[]', 400],
    ['that is a number', '5', 400],
    ['that is null', 'null', 400],
    ['nested too deep', '{"annotations":'.repeat(40) + '1' + '}'.repeat(40), 400],
    ['nested very deep', '['.repeat(50_000), 400],
    ['with brackets in a string only', JSON.stringify({ name: 'deep', description: '['.repeat(500) }), 200],
    [
      'with brackets behind an escaped quote',
      JSON.stringify({ name: 'quote', description: `"${'['.repeat(500)}\\` }),
      200,
    ],
    ['with a prototype', '{"name":"x","__proto__":{"protected":true}}', 400],
    ['with a prototype inside', '{"name":"x","annotations":{"__proto__":["x"]}}', 400],
    [
      'with a constructor, which is only an unknown field',
      '{"name":"c","constructor":{"prototype":{"a":1}}}',
      200,
    ],
    ['larger than allowed', JSON.stringify({ name: 'x', description: 'x'.repeat(200_000) }), 413],
  ])('%s', async (_what, body, status) => {
    expect((await post(body)).status).toBe(status)
    expect(({} as Record<string, unknown>)['protected']).toBeUndefined()
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })

  it('that is not UTF-8 is refused', async () => {
    expect((await post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))).status).toBe(400)
  })

  it.each([
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/x-msgpack' }],
    [{ 'content-encoding': 'gzip' }],
    [{ accept: 'text/html' }],
    [{ accept: 'constructor' }],
  ])('of another kind is refused: %j', async (headers) => {
    const answer = await post('{"name":"x"}', headers)
    expect([answer.status, (answer.body as { code: number }[])[0]?.code]).toEqual([415, 415])
  })

  it.each([
    [{ accept: '*/*' }],
    [{ accept: 'text/html, application/*' }],
    [{ 'content-type': 'application/json; charset=utf-8' }],
  ])('of a known kind is read: %j', async (headers) => {
    expect((await post('{"name":"has space"}', headers)).status).toBe(422)
  })

  it('of a stranger is not read at all', async () => {
    const head = 'POST /namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n'
    const answer = await say(head)
    expect(answer).toMatch(/^HTTP\/1\.1 401 /)
    expect(answer).toContain('Connection: close')
  })
})

describe('a connection', () => {
  it.each([
    ['that speaks no HTTP', 'hello\r\n\r\n', 400],
    [
      'with both lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['with two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 400],
    ['with headers beyond reason', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
    [
      'with an absolute address',
      'GET https://elsewhere/enforcers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      400,
    ],
    [
      'with an address of another host',
      'GET //elsewhere/enforcers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      400,
    ],
  ])('%s gets errors in the usual form', async (_what, text, status) => {
    const answer = await say(text)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject([{ code: status }])
  })

  it('that ends in the middle harms nobody', async () => {
    for (const text of [
      '',
      'GET /enf',
      `POST /issue HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"re`,
    ]) {
      const socket = await open()
      socket.on('error', () => undefined)
      socket.write(text)
      await new Promise((resolve) => setTimeout(resolve, 20))
      socket.destroy()
    }
    expect((await callConsole(console, { path: '/healthchecks' })).status).toBe(200)
  })

  it('below TLS 1.2 is refused', async () => {
    const { hostname, port } = new URL(console.url)
    const socket = connect({
      host: hostname,
      port: Number(port),
      ca: console.caPem,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    })
    const [error] = (await once(socket, 'error')) as [Error]
    expect(error.message).toMatch(/protocol version|unsupported protocol|no protocols/i)
  })
})

describe('a filter', () => {
  const listing = (q: string): Promise<RawAnswer> =>
    callConsole(console, { path: `/namespaces?q=${encodeURIComponent(q)}`, token: admin, namespace: '/' })

  it('cannot reach into SQL', async () => {
    for (const q of [
      `name == "x' OR '1'='1"`,
      `name == "x\\"; DROP TABLE entity_namespace; --"`,
      `name in ["a', 'b", "') OR 1=1 --"]`,
      `normalizedTags contains "') OR 1=1 --"`,
    ]) {
      expect([(await listing(q)).status, (await listing(q)).body]).toEqual([200, []])
    }
    expect((await listing(`"name') OR 1=1 --" == x`)).status).toBe(400)
    expect((await listing('name exists')).status).toBe(200)
  })

  it('cannot stop the Console with a pattern', async () => {
    await callConsole(console, {
      method: 'POST',
      path: '/namespaces',
      token: admin,
      namespace: '/',
      body: { name: 'a'.repeat(5000) },
    })
    const start = performance.now()
    expect((await listing('name matches "^/(a+)+$" and name matches "(a|aa)+b"')).body).toEqual([])
    expect(performance.now() - start).toBeLessThan(2000)
    expect((await listing('name matches "(a{1000}){1000}"')).status).toBe(400)
  })

  it('has limits', async () => {
    expect((await listing(`name in [${'x, '.repeat(3000)}x]`)).status).toBe(200)
    expect((await listing(`${'('.repeat(100)}name == x${')'.repeat(100)}`)).status).toBe(400)
    expect((await listing('name == x or '.repeat(499) + 'name == y')).status).toBe(200)
    expect((await listing('name == x or name == z and '.repeat(249) + 'name == y')).status).toBe(200)
    expect((await listing('ID == x or '.repeat(500) + 'ID == y')).status).toBe(400)
  })
})

it('notes failures of its own, and there were none', () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
