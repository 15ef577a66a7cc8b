import { decode } from '@msgpack/msgpack'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { connect as connectRaw } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { setTimeout as wait } from 'node:timers/promises'
import WebSocket from 'ws'
import { afterEach, describe, expect, it } from 'vitest'
import type { TrafficLimits } from '../../../src/console/traffic/traffic-limits.ts'
import {
  callConsole,
  issueTestToken,
  makeTestCredential,
  startTestConsole,
  type RawAnswer,
  type RawRequest,
  type TestConsole,
} from '../../helpers/console.ts'

let console: TestConsole
let admin: string
const open: { destroy(): void }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) each.destroy()
  await console.close()
})

/** The clock of the Console stands still unless a test moves it: rates are exact, however busy the machine is. */
let now = Date.now()
async function start(traffic: Partial<TrafficLimits>): Promise<void> {
  console = await startTestConsole({ traffic, nowMs: () => now })
  admin = await issueTestToken(console, { credential: console.adminCredential })
}
const ask = (asked: Partial<RawRequest> = {}): Promise<RawAnswer> =>
  callConsole(console, { path: '/roles', token: admin, namespace: '/', ...asked })
const statuses = async (count: number, asked: Partial<RawRequest> = {}): Promise<readonly number[]> => {
  const all: number[] = []
  for (let done = 0; done < count; done++) all.push((await ask(asked)).status)
  return all
}
const limitsNoted = (): readonly string[] =>
  console.notes.flatMap((note) => (note.type === 'limit-reached' ? [`${note.client}: ${note.limit}`] : []))
async function dial(): Promise<TLSSocket> {
  const { hostname, port } = new URL(console.url)
  const socket = connect({ host: hostname, port: Number(port), ca: console.caPem })
  open.push(socket)
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('secureConnect', resolve).once('close', resolve))
  return socket
}

const closed = async (socket: TLSSocket): Promise<unknown> => socket.closed || once(socket, 'close')

describe('requests of one client', () => {
  it('beyond the rate get 429, when to come back, and the array of errors; others go on', async () => {
    await start({ requestsPerSecond: 2 })
    const other = await issueTestToken(console, {
      credential: await makeTestCredential(console, {
        token: admin,
        namespace: '/',
        roles: ['@auth:role=namespace.viewer'],
      }),
    })
    const all = await statuses(25)
    expect(all[0]).toBe(200)
    expect(all.at(-1)).toBe(429)
    const refused = await ask()
    expect(refused.headers['retry-after']).toBe('1')
    expect(refused.headers['x-count-total']).toBe('0')
    expect(refused.body).toEqual([
      expect.objectContaining({ code: 429, title: 'Too Many Requests', subject: 'console' }),
    ])
    const packed = await ask({ headers: { accept: 'application/msgpack' } })
    expect(decode(packed.bytes)).toEqual([expect.objectContaining({ code: 429 })])
    expect((await ask({ token: other })).status).toBe(200)
    now += 1000
    expect((await ask()).status).toBe(200)
    expect(limitsNoted()).toEqual([
      expect.stringMatching(/^certificate .*: at most 2 requests a second of one client$/),
    ])
  })

  it('are of one client whatever tokens it has made of its own', async () => {
    await start({ requestsPerSecond: 1 })
    const narrow = await issueTestToken(console, {
      credential: console.adminCredential,
      more: { restrictedPermissions: ['@auth:role=namespace.viewer'] },
    })
    await statuses(12)
    expect((await ask({ token: narrow })).status).toBe(429)
  })

  it('that are refused do nothing', async () => {
    await start({ requestsPerSecond: 1 })
    const all = await statuses(14, { method: 'POST', path: '/enforcers', body: { name: 'n', FQDN: 'f' } })
    const made = all.filter((status) => status === 200).length
    expect(all).toContain(429)
    now += 1000
    expect((await ask({ path: '/enforcers' })).body).toHaveLength(made)
  })

  it('that are refused use up nothing of a token with a quota', async () => {
    await start({ requestsPerSecond: 1 })
    const credential = await makeTestCredential(console, {
      token: admin,
      namespace: '/',
      roles: ['@auth:role=namespace.viewer'],
    })
    const token = await issueTestToken(console, { credential, more: { quota: 11 } })
    const all = await statuses(20, { token })
    expect(all.filter((status) => status === 200)).toHaveLength(10)
    now += 1000
    expect([(await ask({ token })).status, (await ask({ token })).status]).toEqual([200, 429])
    now += 1000
    expect((await ask({ token })).status).toBe(417)
  })

  it('get 429 on a connection that goes on, unless it is in the middle of a body', async () => {
    await start({ requestsPerSecond: 1 })
    await statuses(12)
    const head = ['Host: x', `Authorization: Bearer ${admin}`, 'X-Namespace: /', '', ''].join('\r\n')
    const socket = await dial()
    const said: string[] = []
    socket.setEncoding('utf8').on('data', (text: string) => said.push(text))
    const answers = (): number => said.join('').match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0
    for (let request = 1; request <= 2; request++) {
      socket.write(`GET /roles HTTP/1.1\r\n${head}`)
      await expect.poll(answers).toBe(request)
    }
    expect(said.join('')).toContain('HTTP/1.1 429 ')
    expect(said.join('')).not.toMatch(/^Connection: close/im)
    socket.write(`POST /enforcers HTTP/1.1\r\nContent-Length: 100000\r\n${head}{`)
    await once(socket, 'close')
    expect(said.at(-1)).toMatch(/^HTTP\/1\.1 429 [^]*\nConnection: close\r\n[^]*Retry-After: 1\r\n/)
  })

  it('under way at once are limited', async () => {
    await start({ maxRequestsAtOnce: 3 })
    await halfRequests(3, admin)
    const refused = await ask()
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1'])
    expect((await ask({ path: '/healthchecks', token: undefined })).status).toBe(200)
    open.splice(0).forEach((socket) => socket.destroy())
    await expect.poll(async () => (await ask()).status).toBe(200)
  })
})

/** Requests whose bodies never come. */
async function halfRequests(count: number, token?: string): Promise<void> {
  for (let made = 0; made < count; made++) {
    const socket = await dial()
    const head =
      token === undefined
        ? ['POST /issue HTTP/1.1', 'Host: x']
        : ['POST /enforcers HTTP/1.1', 'Host: x', `Authorization: Bearer ${token}`]
    socket.write([...head, 'X-Namespace: /', 'Content-Length: 100', '', ''].join('\r\n'))
  }
  // Long enough to be read; nothing answers.
  await wait(100)
}

describe('requests of strangers', () => {
  it.each([
    ['without a token', { path: '/healthchecks', token: undefined }, 200],
    ['about the Console', { path: '/_meta/config', token: undefined }, 200],
    ['with a token of nobody', { token: 'a.b.c' }, 401],
    ['with nothing where a token is needed', { token: undefined }, 401],
  ])('%s are limited by address, and hold up nobody with a token', async (_what, asked, status) => {
    await start({ anonymousRequestsPerSecond: 1 })
    const all = await statuses(14, asked)
    expect(all[0]).toBe(status)
    expect(all.at(-1)).toBe(429)
    expect((await ask()).status).toBe(200)
    expect(limitsNoted()).toEqual(['127.0.0.1: at most 1 requests a second without a good token'])
  })

  it('whose bodies never come are limited by address, and hold up nobody with a token', async () => {
    await start({ maxRequestsAtOnce: 3 })
    await halfRequests(3)
    const login = { method: 'POST', path: '/issue', token: undefined, body: { realm: 'Certificate' } }
    expect((await ask(login)).status).toBe(429)
    expect((await ask()).status).toBe(200)
    const { certificate: cert, certificateKey: key } = console.adminCredential
    expect((await ask({ ...login, client: { cert, key } })).status).toBe(200)
  })

  it('may not send as much as others', async () => {
    await start({})
    const body = { realm: 'Certificate', metadata: { token: 'x'.repeat(200_000) } }
    expect((await ask({ method: 'POST', path: '/issue', token: undefined, body })).status).toBe(413)
  })
})

/** Each of them would leave something counted for ever, if its end went unnoticed. */
describe('what is under way is counted to its end', () => {
  const traffic = { maxRequestsAtOnce: 3 }

  const head = (): string => `Host: x\r\nAuthorization: Bearer ${admin}\r\nX-Namespace: /\r\n\r\n`

  it('when the client goes before it was known', async () => {
    await start(traffic)
    for (let round = 0; round < 10; round++) {
      const socket = await dial()
      socket.write(`GET /roles HTTP/1.1\r\n${head()}`, () => socket.destroy())
      await once(socket, 'close')
    }
    await expect.poll(async () => (await ask()).status).toBe(200)
  })

  it('when the client goes and leaves many requests waiting for one another', async () => {
    await start(traffic)
    // The password is slow to check, and the answers to what comes behind it have to wait.
    const metadata = { vinceAccount: 'nobody', vincePassword: 'x' }
    const body = JSON.stringify({ realm: 'Vince', metadata })
    const login = `POST /issue HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    for (let round = 0; round < 4; round++) {
      const socket = await dial()
      socket.write(login + `GET /roles HTTP/1.1\r\n${head()}`.repeat(20))
      await wait(20)
      expect(socket.bytesRead).toBe(0)
      socket.destroy()
    }
    await halfRequests(2, admin)
    await expect.poll(async () => (await ask()).status).toBe(200)
  })
})

describe('connections', () => {
  it('from one address are limited, and one that ends makes room', async () => {
    await start({ maxConnectionsPerAddress: 4 })
    const sockets = await Promise.all(Array.from({ length: 4 }, dial))
    expect(sockets.map(({ authorized }) => authorized)).toEqual([true, true, true, true])
    expect((await dial()).authorized).toBe(false)
    sockets[0]?.destroy()
    await expect.poll(async () => (await dial()).authorized).toBe(true)
    expect(limitsNoted()).toEqual(['127.0.0.1: at most 4 connections from one address'])
  })

  it('are limited altogether', async () => {
    await start({ maxConnections: 3 })
    const sockets = await Promise.all(Array.from({ length: 8 }, dial))
    expect(sockets.filter(({ authorized }) => authorized)).toHaveLength(3)
    for (const socket of sockets) socket.destroy()
    await expect.poll(async () => (await ask().catch(() => undefined))?.status).toBe(200)
    expect(limitsNoted()).toEqual(['everybody: at most 3 connections'])
  })

  it('that open and say nothing are closed before long, and others get in meanwhile', async () => {
    await start({ headersTimeoutMs: 300, maxConnectionsPerAddress: 200 })
    const silent = await Promise.all(Array.from({ length: 100 }, dial))
    expect((await ask()).status).toBe(200)
    for (const socket of silent) await closed(socket.resume())
  })

  it('that begin TLS and do not go on hold up nobody within the limit', async () => {
    await start({ maxConnectionsPerAddress: 60 })
    const { hostname, port } = new URL(console.url)
    const raw = Array.from({ length: 200 }, () => connectRaw(Number(port), hostname))
    for (const socket of raw) {
      open.push(socket)
      socket.on('error', () => undefined).resume()
    }
    const left = (): number => raw.filter(({ closed }) => !closed).length
    await expect.poll(left).toBe(60)
    await expect(ask()).rejects.toThrow()
    for (const socket of raw.filter(({ closed }) => !closed).slice(0, 10)) socket.destroy()
    await expect.poll(async () => (await ask().catch(() => undefined))?.status).toBe(200)
    expect(limitsNoted()).toEqual(['127.0.0.1: at most 60 connections from one address'])
  })

  it('that send their headers byte by byte get 408, however busy they look', async () => {
    await start({ headersTimeoutMs: 600 })
    const slow = await Promise.all(Array.from({ length: 20 }, dial))
    const said = slow.map(() => '')
    for (const [index, socket] of slow.entries()) {
      socket.setEncoding('utf8').on('data', (text: string) => (said[index] = `${said[index] ?? ''}${text}`))
      socket.write('GET /roles HTTP/1.1\r\nHost: x\r\nX-Slow: ')
    }
    const drip = setInterval(() => slow.forEach((socket) => socket.writable && socket.write('x')), 50)
    expect((await ask()).status).toBe(200)
    for (const socket of slow) await closed(socket)
    clearInterval(drip)
    for (const text of said) expect(text).toMatch(/^HTTP\/1\.1 408 [^]*"code":408/)
  })

  it('with thousands of headers are answered, and soon', async () => {
    await start({})
    const headers = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`x${index}`, '']))
    const from = performance.now()
    const answer = await ask({ headers })
    // Node reads no more than 2,000.
    expect([200, 400, 401, 431]).toContain(answer.status)
    expect(performance.now() - from).toBeLessThan(2000)
    expect((await ask()).status).toBe(200)
  })

  it('that fall silent in the middle of a request are closed', async () => {
    await start({ idleTimeoutMs: 200 })
    const socket = await dial()
    socket.write('POST /issue HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{')
    await once(socket, 'close')
  })

  it('that do not read their answers are closed', async () => {
    await start({ idleTimeoutMs: 500 })
    const description = 'x'.repeat(1000)
    // More than the kernel keeps for a connection.
    for (let part = 0; part < 14; part++) {
      const networks = Array.from({ length: 700 }, (_, index) => ({ name: `n${index}`, description }))
      const body = { data: { label: `l${part}`, data: { externalnetworks: networks } } }
      expect((await ask({ method: 'POST', path: '/import', body })).status).toBe(200)
    }
    const head = ['Host: x', `Authorization: Bearer ${admin}`, 'X-Namespace: /', '', ''].join('\r\n')
    const readers = await Promise.all(Array.from({ length: 3 }, dial))
    for (const socket of readers) socket.pause().write(`GET /externalnetworks HTTP/1.1\r\n${head}`)
    await wait(2000)
    const closed = readers.map((socket) => new Promise((resolve) => socket.once('close', resolve).resume()))
    await Promise.all(closed)
    expect((await ask()).status).toBe(200)
    expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
  })

  it('with headers beyond the limit get 431', async () => {
    await start({ maxHeaderBytes: 2000 })
    expect((await ask({ headers: { 'x-long': 'x'.repeat(3000) } })).status).toBe(431)
  })
})

describe('event sockets', () => {
  const listen = async (retryAfter = '10'): Promise<WebSocket | number> => {
    const address = `${console.url.replace('https', 'wss')}/events?namespace=/&token=${admin}`
    const socket = new WebSocket(address, { ca: console.caPem })
    open.push({ destroy: () => socket.terminate() })
    socket.on('error', () => undefined)
    const opened = once(socket, 'open').then(() => socket)
    const refused = once(socket, 'unexpected-response').then(([, response]) => {
      const { statusCode, headers } = response as { statusCode: number; headers: Record<string, string> }
      expect(headers['retry-after']).toBe(retryAfter)
      return statusCode
    })
    return Promise.race([opened, refused])
  }

  it('of one client are limited, and one that ends makes room', async () => {
    await start({ maxEventSocketsPerToken: 3 })
    const sockets = [await listen(), await listen(), await listen()]
    expect(await listen()).toBe(429)
    const [first] = sockets
    if (first instanceof WebSocket) first.terminate()
    await expect.poll(async () => (await listen()) instanceof WebSocket).toBe(true)
  })

  it('are refused with the array of errors before they are any, in msgpack to those who read that', async () => {
    await start({ maxEventSocketsPerToken: 1 })
    await listen()
    const address = `${console.url.replace('https', 'wss')}/events?namespace=/&token=${admin}`
    const socket = new WebSocket(address, { ca: console.caPem, headers: { accept: 'application/msgpack' } })
    socket.on('error', () => undefined)
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    const { statusCode, headers } = response
    expect([statusCode, headers['content-type']]).toEqual([429, 'application/msgpack'])
    expect([headers['retry-after'], headers.connection]).toEqual(['10', 'close'])
    expect(decode(await buffer(response))).toEqual([
      expect.objectContaining({ code: 429, title: 'Too Many Requests' }),
    ])
    socket.terminate()
  })

  it('count as requests of a client', async () => {
    await start({ requestsPerSecond: 1, maxEventSocketsPerToken: 0 })
    const all: unknown[] = []
    for (let count = 0; count < 12; count++) {
      const socket = await listen('1')
      if (typeof socket !== 'number') socket.terminate()
      all.push(typeof socket === 'number' ? socket : 'open')
    }
    expect([all[0], all.at(-1)]).toEqual(['open', 429])
  })

  it('end when their reader says too much', async () => {
    await start({ requestsPerSecond: 1 })
    const socket = (await listen()) as WebSocket
    const closing = once(socket, 'close')
    for (let count = 0; count < 12; count++) socket.send('{"identities":{"enforcer":["create"]}}')
    const [code, reason] = (await closing) as [number, Buffer]
    expect([code, reason.toString('utf8')]).toEqual([
      1013,
      'Too much at once: at most 1 requests a second of one client; wait 1 s',
    ])
    expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
  })

  it('with a token of nobody count as strangers', async () => {
    await start({ anonymousRequestsPerSecond: 1 })
    const good = admin
    admin = 'a.b.c'
    const refused = async (): Promise<number> => {
      const address = `${console.url.replace('https', 'wss')}/events?namespace=/&token=${admin}`
      const socket = new WebSocket(address, { ca: console.caPem })
      socket.on('error', () => undefined)
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
      socket.terminate()
      return response.statusCode
    }
    const all: number[] = []
    for (let count = 0; count < 12; count++) all.push(await refused())
    expect([all[0], all.at(-1)]).toEqual([401, 429])
    expect((await ask({ token: good })).status).toBe(200)
  })
})
