import { createHash } from 'node:crypto'
import { createServer, connect, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import {
  openCallbackServer,
  type CallbackServer,
} from '../../../../src/lib/credentials/login/callback-server.ts'
import type { ExpectedAnswer } from '../../../../src/lib/credentials/login/expected-answer.ts'
import { makeLoopbackCertificate } from '../../../../src/lib/secrets/make-loopback-certificate.ts'
import { browse } from '../../../helpers/browser.ts'

const open: CallbackServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

const state = { name: 'state', value: 's-1' } as const
const code: ExpectedAnswer = { place: 'query', state, proof: 'code' }
const token: ExpectedAnswer = { place: 'fragment', state, proof: 'id_token' }

async function serve(): Promise<CallbackServer> {
  const server = await openCallbackServer({ port: 0 })
  open.push(server)
  return server
}
const never = new AbortController().signal

/** Says something that is no HTTP a client of Node would send, and takes what comes back. */
function say(server: CallbackServer, text: string, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), host, () => socket.write(text))
    let said = ''
    socket.on('data', (chunk) => (said += chunk.toString()))
    socket.on('close', () => resolve(said))
    socket.on('error', reject)
  })
}

describe('the server that a browser comes back to', () => {
  it.each(['127.0.0.1', '::1'])('listens on %s, which localhost may mean', async (host) => {
    const server = await serve()
    const answer = server.answer(code, never)
    const page = await say(server, 'GET /?code=c-1&state=s-1 HTTP/1.1\r\nHost: localhost\r\n\r\n', host)
    expect(page).toMatch(/^HTTP\/1\.1 200/)
    expect((await answer).get('code')).toBe('c-1')
  })

  it('does not share the port with anybody on either address', async () => {
    const other: Server = createServer()
    await new Promise<void>((resolve) => other.listen({ host: '::1', port: 0 }, resolve))
    const { port } = other.address() as { port: number }
    await expect(openCallbackServer({ port })).rejects.toMatchObject({ code: 'APO-LOGIN-CALLBACK' })
    other.close()
    // What was listened on until then is let go.
    const free = await openCallbackServer({ port })
    await free.close()
  })

  it('shows a page that can load nothing, be framed nowhere and is not kept', async () => {
    const server = await serve()
    const answer = await fetch(server.url)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  })

  it.each([
    'GET // HTTP/1.1',
    'GET http:// HTTP/1.1',
    'GET /\\x?code=c-1&state=s-1 HTTP/1.1',
    'OPTIONS * HTTP/1.1',
  ])('is not upset by %s', async (line) => {
    const server = await serve()
    const answer = server.answer(code, never)
    expect(await say(server, `${line}\r\nHost: x\r\n\r\n`)).toMatch(/^HTTP\/1\.1 40[04]/)
    await fetch(`${server.url}/?code=c-1&state=s-1`)
    expect((await answer).get('code')).toBe('c-1')
  })

  it('waits no longer than half a second for those who say nothing', async () => {
    const server = await openCallbackServer({ port: 0 })
    const port = Number(new URL(server.url).port)
    const idle = connect(port, '127.0.0.1').on('error', () => undefined)
    const slow = connect(port, '127.0.0.1', () => slow.write('POST / HTTP/1.1\r\nContent-Length: 9\r\n')).on(
      'error',
      () => undefined,
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    const before = performance.now()
    await server.close()
    expect(performance.now() - before).toBeLessThan(1500)
    idle.destroy()
    slow.destroy()
  })

  it('gets what stands behind the # by the one script that its page allows', async () => {
    const server = await serve()
    const answer = server.answer(token, never)
    const page = await fetch(server.url)
    const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(await page.text()) ?? []
    const hash = createHash('sha256').update(script).digest('base64')
    expect(page.headers.get('content-security-policy')).toContain(`script-src 'sha256-${hash}'`)
    const last = await browse(`${server.url}/#id_token=a.b.c&state=s-1&hd=x%26y`)
    expect(last).toMatchObject({ status: 200, url: `${server.url}/` })
    expect(Object.fromEntries(await answer)).toEqual({ id_token: 'a.b.c', state: 's-1', hd: 'x&y' })
  })

  it('does not take from the address what has to come in a form, or the other way round', async () => {
    const server = await serve()
    const wanted = {
      place: 'form',
      state: { name: 'RelayState', value: 's-1' },
      proof: 'SAMLResponse',
    } as const
    void server.answer(wanted, never)
    expect((await fetch(`${server.url}/?SAMLResponse=r&RelayState=s-1`)).status).toBe(405)
    const other = await serve()
    void other.answer(code, never)
    const body = new URLSearchParams({ code: 'c', state: 's-1' })
    expect((await fetch(other.url, { method: 'POST', body })).status).toBe(405)
  })

  it('speaks TLS to those who trust its authority', async () => {
    const { tlsPem, authorityPem } = await makeLoopbackCertificate({ nowMs: Date.now() })
    const server = await openCallbackServer({ port: 0, tlsPem })
    open.push(server)
    const answer = server.answer(code, never)
    expect(server.url).toMatch(/^https:/)
    expect((await browse(`${server.url}/?code=c-1&state=s-1`, { ca: authorityPem })).status).toBe(200)
    expect((await answer).get('code')).toBe('c-1')
  })
})
