import { describe, expect, it } from 'vitest'
import { traced } from '../../../../src/lib/api/wire/traced-wire.ts'
import type { Wire, WireAnswer, WireRequest } from '../../../../src/lib/api/wire/wire.ts'

const origin = 'https://console.test'
const signal = new AbortController().signal

interface Told {
  readonly request?: Partial<WireRequest>
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly fails?: Error
}

/** What is told of one exchange, without the number. */
async function tell(exchange: Told): Promise<string[]> {
  const answer: WireAnswer = {
    status: exchange.status ?? 200,
    headers: new Map(Object.entries(exchange.headers ?? {})),
    body: Buffer.from(exchange.body ?? ''),
  }
  const wire: Wire = {
    send: () => (exchange.fails ? Promise.reject(exchange.fails) : Promise.resolve(answer)),
    close: () => Promise.resolve(),
  }
  let nowMs = 0
  const clock = { nowMs: () => 0, monotonicMs: () => (nowMs += 12), sleep: () => Promise.resolve() }
  const lines: string[] = []
  const request: WireRequest = { method: 'GET', path: '/', headers: [], signal, ...exchange.request }
  const sent = traced(wire, { origin, clock, trace: (line) => lines.push(line) }).send(request)
  await sent.catch((error: unknown) => expect(error).toBe(exchange.fails))
  return lines.map((line) => line.replace(/^#\d+ /, ''))
}

describe('a traced wire', () => {
  it('tells request and answer: address, headers, body, time', async () => {
    expect(
      await tell({
        request: {
          method: 'POST',
          path: '/namespaces?recursive=true',
          headers: [
            ['x-namespace', '/acme'],
            ['x-fields', 'ID'],
            ['x-fields', 'name'],
          ],
          body: '{"name":"web"}',
        },
        status: 422,
        headers: { 'x-count-total': '0' },
        body: '[{"code":422}]',
      }),
    ).toEqual([
      '> POST https://console.test/namespaces?recursive=true',
      '  x-namespace: /acme',
      '  x-fields: ID',
      '  x-fields: name',
      '  {"name":"web"}',
      '< 422 in 12 ms, 14 bytes',
      '  x-count-total: 0',
      '  [{"code":422}]',
    ])
  })

  it('tells what went wrong, and lets it go on', async () => {
    expect(await tell({ fails: new Error('ECONNRESET') })).toEqual([
      '> GET https://console.test/',
      '! Error: ECONNRESET',
    ])
  })

  it('says how much there is of what is no JSON, and cuts what is long', async () => {
    expect((await tell({ body: '<html>' })).at(-1)).toBe('  (6 characters that are not JSON)')
    const long = await tell({ body: JSON.stringify('x'.repeat(10_000)) })
    expect(long.at(-1)).toMatch(/^ {2}"x{4095}… \(5906 more characters\)$/)
  })

  const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.planted-signature'
  it.each<readonly [where: string, exchange: Told]>([
    ['the header Authorization', { request: { headers: [['authorization', 'Bearer planted']] } }],
    ['a cookie', { headers: { 'set-cookie': 'x-aporeto-token=planted' } }],
    ['the address', { request: { path: '/authn?token=planted' } }],
    [
      'an account that logs in',
      login({ realm: 'Vince', metadata: { vincePassword: 'planted', vinceOTP: 'planted' } }),
    ],
    [
      'a login of a kind nobody knows yet',
      login({ realm: 'New', metadata: { anything: { at: ['planted'] } } }),
    ],
    ['a login in the old way', login({ realm: 'Google', data: 'planted' })],
    [
      'the same under a version',
      {
        ...login({ metadata: 'planted' }),
        request: { ...login({ metadata: 'planted' }).request, path: '/v/1/issue' },
      },
    ],
    ['the token that is issued', { ...login({ realm: 'Certificate' }), body: '{"token":"planted"}' }],
    ['the key of a new app credential', { body: '{"credentials":{"name":"x","certificateKey":"planted"}}' }],
    [
      'the password of an account',
      { request: { method: 'POST', path: '/accounts', body: '{"password":"planted"}' } },
    ],
    [
      'a login that goes on elsewhere',
      { headers: { location: 'https://idp.test/?state=planted&client_id=x' } },
    ],
    ['a token in a text', { body: JSON.stringify({ description: `token ${jwt}` }) }],
    [
      'a key in a text',
      { body: JSON.stringify({ a: '-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----' }) },
    ],
  ])('does not tell a secret in %s', async (_where, exchange) => {
    expect((await tell(exchange)).join('\n')).not.toContain('planted')
  })

  it('is the wire itself when nobody listens', () => {
    const wire = { send: () => Promise.reject(new Error('x')), close: () => Promise.resolve() }
    const clock = { nowMs: () => 0, monotonicMs: () => 0, sleep: () => Promise.resolve() }
    expect(traced(wire, { origin, clock })).toBe(wire)
  })
})

function login(body: object): Told {
  return { request: { method: 'POST', path: '/issue', body: JSON.stringify(body) } }
}
