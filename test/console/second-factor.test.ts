import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import WebSocket from 'ws'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  callConsole,
  issueTestToken,
  startTestConsole,
  type RawAnswer,
  type RawRequest,
  type TestConsole,
} from '../helpers/console.ts'

// With the eyes and the arithmetic of somebody else: zbar reads the image, and the OATH toolkit makes the codes.

type Json = Record<string, unknown>
const password = 'correct horse'
const halfMinute = 30_000
let console: TestConsole
let admin: string
/** In the middle of a half minute, so that a second passing changes nothing. */
let nowMs = Date.parse('2026-03-02T07:00:15Z')
const folder = mkdtempSync(join(tmpdir(), 'apoctl-otp-'))

// A Console for each, as it locks out addresses that guess much.
beforeEach(async () => {
  console = await startTestConsole({ nowMs: () => nowMs })
  admin = await issueTestToken(console, { credential: console.adminCredential, more: { validity: '700h' } })
})
afterEach(async () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
  await console.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

const call = (asked: RawRequest): Promise<RawAnswer> =>
  callConsole(console, { namespace: '/', token: admin, ...asked })
const change = (id: string, body: object, more: Partial<RawRequest> = {}): Promise<RawAnswer> =>
  call({ method: 'PATCH', path: `/accounts/${id}`, body, ...more })
const makeAccount = async (name: string, more: object = {}): Promise<Json> => {
  const body = { name, email: `${name}@example.com`, password, ...more }
  const answer = await call({ method: 'POST', path: '/accounts', body })
  expect(answer.status, answer.bytes.toString()).toBe(200)
  return answer.body as Json
}
const login = (vinceAccount: string, vinceOTP?: unknown): Promise<RawAnswer> =>
  callConsole(console, {
    method: 'POST',
    path: '/issue',
    body: { realm: 'Vince', validity: '700h', metadata: { vinceAccount, vincePassword: password, vinceOTP } },
  })
const tokenOf = (answer: RawAnswer): string => {
  expect(answer.status, answer.bytes.toString()).toBe(200)
  return (answer.body as { token: string }).token
}

/** What an app reads from the image. */
function scan({ OTPQRCode }: Json): URL {
  const image = join(folder, 'qr.png')
  writeFileSync(image, Buffer.from(OTPQRCode as string, 'base64'))
  const text = execFileSync('zbarimg', ['--quiet', '--nodbus', '--raw', '--oneshot', image], {
    stdio: 'pipe',
  })
  return new URL(text.toString().trim())
}

/** What an app shows at a time. */
function codeAt(url: URL, ms = nowMs): string {
  const secret = url.searchParams.get('secret') ?? ''
  const now = `--now=${new Date(ms).toISOString().replace('T', ' ').replace('Z', ' UTC')}`
  return execFileSync('oathtool', ['--totp', '--base32', now, secret]).toString().trim()
}

/** An account with a second factor, and where its codes come from. */
async function enrolled(name: string): Promise<{ readonly id: string; readonly url: URL }> {
  const made = await makeAccount(name, { OTPEnabled: true })
  return { id: made['ID'] as string, url: scan(made) }
}

describe('a second factor', () => {
  it('is taken over from an image that names Console and account', async () => {
    const { url } = await enrolled('ann smith')
    expect(url.protocol).toBe('otpauth:')
    expect(decodeURIComponent(url.pathname)).toContain('Microsegmentation Console 127.0.0.1:ann smith')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      issuer: 'Microsegmentation Console 127.0.0.1',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
    })
  })

  it('is needed from then on', async () => {
    const { url } = await enrolled('needing')
    expect((await login('needing')).status).toBe(401)
    expect((await login('needing', codeAt(url))).status).toBe(200)
  })

  it('is another one for each', async () => {
    const [one, other] = [await enrolled('one'), await enrolled('other')]
    expect(one.url.searchParams.get('secret')).not.toBe(other.url.searchParams.get('secret'))
    expect((await login('one', codeAt(other.url))).status).toBe(401)
  })

  it.each([
    ['', 'empty'],
    ['12345', 'short'],
    ['1234567', 'long'],
    ['12345a', 'no number'],
    ['１２３４５６', 'other digits'],
    ['-12345', 'negative'],
    [123456, 'a number and no text'],
    [['123456'], 'a list'],
  ])('is not %j (%s)', async (code, what) => {
    const name = `bad code ${what}`
    await enrolled(name)
    expect((await login(name, code)).status).toBe(401)
  })

  it('may be written with a space, as phones show it', async () => {
    const { url } = await enrolled('spacious')
    const code = codeAt(url)
    expect((await login('spacious', `${code.slice(0, 3)} ${code.slice(3)}`)).status).toBe(200)
  })

  it('forgives a clock that is a step ahead or behind, and no more', async () => {
    for (const [steps, status] of [
      [-2, 401],
      [-1, 200],
      [1, 200],
      [2, 401],
    ] as const) {
      const name = `clock ${steps}`
      const { url } = await enrolled(name)
      const answer = await login(name, codeAt(url, nowMs + steps * halfMinute))
      expect([steps, answer.status]).toEqual([steps, status])
    }
  })

  it('is good once, also at once, and none from before it is good after it', async () => {
    const { url } = await enrolled('replayed')
    const [before, present] = [codeAt(url, nowMs - halfMinute), codeAt(url)]
    const many = await Promise.all([
      login('replayed', present),
      login('replayed', present),
      login('replayed', present),
    ])
    expect(many.map(({ status }) => status).sort()).toEqual([200, 401, 401])
    expect((await login('replayed', before)).status).toBe(401)
    nowMs += halfMinute
    expect((await login('replayed', present)).status).toBe(401)
    expect((await login('replayed', codeAt(url))).status).toBe(200)
  })

  it('is not used up by a try with another password', async () => {
    const { url } = await enrolled('mistyped')
    const metadata = { vinceAccount: 'mistyped', vincePassword: 'wrong', vinceOTP: codeAt(url) }
    const wrong = await call({ method: 'POST', path: '/issue', body: { realm: 'Vince', metadata } })
    expect(wrong.status).toBe(401)
    expect((await login('mistyped', codeAt(url))).status).toBe(200)
  })

  it('cannot be guessed: the account is locked, and says nothing else than before', async () => {
    await enrolled('guessed')
    const answers: RawAnswer[] = []
    for (let guess = 0; guess < 6; guess++) answers.push(await login('guessed', String(100_000 + guess)))
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429])
    const unknown = await login('nobody of this name', '123456')
    expect(answers[0]?.body).toEqual(unknown.body)
  })

  it('is asked of nobody who has none', async () => {
    await makeAccount('plain')
    expect((await login('plain', 'whatever')).status).toBe(200)
    expect((await login('plain')).status).toBe(200)
  })
})

describe('the image of a second factor', () => {
  it('is shown once, to whoever enables it', async () => {
    const { ID } = await makeAccount('shown')
    const id = ID as string
    const socket = new WebSocket(`${console.url.replace('https', 'wss')}/events?namespace=/&token=${admin}`, {
      ca: console.caPem,
    })
    const heard: string[] = []
    socket.on('message', (data: Buffer) => heard.push(data.toString()))
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const headers = { 'idempotency-key': 'enable it' }
    const enabled = await change(id, { OTPEnabled: true }, { headers })
    const { OTPQRCode } = enabled.body as { OTPQRCode: string }
    expect(OTPQRCode.length).toBeGreaterThan(100)
    const others = [
      await change(id, { OTPEnabled: true }, { headers }),
      await change(id, { OTPEnabled: true }),
      await change(id, { company: 'x' }),
      await call({ path: `/accounts/${id}` }),
      await call({ path: '/accounts' }),
    ]
    const secret = scan({ OTPQRCode }).searchParams.get('secret') ?? ''
    await new Promise((resolve) => socket.once('pong', resolve).ping())
    socket.terminate()
    expect(heard.length).toBeGreaterThan(0)
    for (const text of [...others.map(({ bytes }) => bytes.toString()), ...heard]) {
      expect(text).not.toContain(OTPQRCode)
      expect(text).not.toContain(secret)
    }
    expect(readFileSync(join(console.dataDir, 'console.db-wal'), 'latin1')).not.toContain(OTPQRCode)
  })

  it('is a new one when it is disabled and enabled again, and the former one is worth nothing', async () => {
    const { id, url } = await enrolled('lost phone')
    await change(id, { OTPEnabled: false })
    expect((await login('lost phone')).status).toBe(200)
    const again = scan((await change(id, { OTPEnabled: true })).body as Json)
    expect((await login('lost phone', codeAt(url))).status).toBe(401)
    expect((await login('lost phone', codeAt(again))).status).toBe(200)
  })
})

describe('the owner of an account', () => {
  it('enables it with the password, which ends the tokens made without', async () => {
    const { ID } = await makeAccount('owner')
    const token = tokenOf(await login('owner'))
    nowMs += 1000
    expect((await change(ID as string, { OTPEnabled: true }, { token })).status).toBe(403)
    expect((await change(ID as string, { OTPEnabled: true, password: 'wrong' }, { token })).status).toBe(403)
    const enabled = await change(ID as string, { OTPEnabled: true, password }, { token })
    expect(enabled.status, enabled.bytes.toString()).toBe(200)
    expect((await call({ path: `/accounts/${ID as string}`, token })).status).toBe(401)
    const url = scan(enabled.body as Json)
    const own = tokenOf(await login('owner', codeAt(url)))
    expect((await change(ID as string, { company: 'Acme' }, { token: own })).body).toMatchObject({
      OTPEnabled: true,
    })
  })

  it('disables it with the password, and nobody who has but a token does', async () => {
    const { id, url } = await enrolled('disabling')
    nowMs += halfMinute
    const token = tokenOf(await login('disabling', codeAt(url)))
    expect((await change(id, { OTPEnabled: false }, { token })).status).toBe(403)
    const put = { method: 'PUT', body: { name: 'disabling', email: 'x' } }
    expect((await change(id, {}, { token, ...put })).status).toBe(403)
    expect((await change(id, { OTPEnabled: false, password }, { token })).status).toBe(200)
    expect((await login('disabling')).status).toBe(200)
  })
})
