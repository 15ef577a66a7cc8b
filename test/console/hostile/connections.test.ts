import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { besiege, type Besieged } from './besieged.ts'

let besieged: Besieged
beforeAll(async () => {
  besieged = await besiege()
})
afterAll(() => besieged.close())

const crlf = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n`
const ask = (method: string, path: string): readonly string[] => [
  `${method} ${path} HTTP/1.1`,
  'Host: x',
  `Authorization: Bearer ${besieged.attacker.token}`,
  'X-Namespace: /mine',
]
const hidden = (): string => crlf(...ask('DELETE', `/enforcers/${besieged.own}`), '', '')
const statuses = (answer: string): readonly number[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

type Row = readonly [what: string, text: () => string, status: number]

/** Two servers that read these differently would take one request for two. */
const rows: readonly Row[] = [
  [
    'a length and chunks',
    () =>
      crlf(...ask('POST', '/enforcers'), 'Content-Length: 4', 'Transfer-Encoding: chunked', '', '0', '') +
      hidden(),
    400,
  ],
  [
    'chunks and a length',
    () =>
      crlf(...ask('POST', '/enforcers'), 'Transfer-Encoding: chunked', 'Content-Length: 4', '', '0', '') +
      hidden(),
    400,
  ],
  [
    'two lengths',
    () => crlf(...ask('POST', '/enforcers'), 'Content-Length: 0', 'Content-Length: 60', '') + hidden(),
    400,
  ],
  [
    'two lengths in one',
    () => crlf(...ask('POST', '/enforcers'), 'Content-Length: 0, 60', '') + hidden(),
    400,
  ],
  ['a length below zero', () => crlf(...ask('POST', '/enforcers'), 'Content-Length: -1', '') + hidden(), 400],
  [
    'a length with a sign',
    () => crlf(...ask('POST', '/enforcers'), 'Content-Length: +4', '', 'null') + hidden(),
    400,
  ],
  [
    'a length beyond numbers',
    () => crlf(...ask('POST', '/enforcers'), 'Content-Length: 99999999999999999999999', '') + hidden(),
    400,
  ],
  [
    'a space before the colon',
    () => crlf(...ask('POST', '/enforcers'), 'Transfer-Encoding : chunked', '', '0', '') + hidden(),
    400,
  ],
  [
    'an unknown transfer encoding',
    () => crlf(...ask('POST', '/enforcers'), 'Transfer-Encoding: xchunked', '', '0', '') + hidden(),
    400,
  ],
  [
    'a chunk that is no number',
    () => crlf(...ask('POST', '/enforcers'), 'Transfer-Encoding: chunked', '', 'zz', '') + hidden(),
    400,
  ],
  [
    'a chunk beyond numbers',
    () =>
      crlf(...ask('POST', '/enforcers'), 'Transfer-Encoding: chunked', '', 'fffffffffffffffffff', '') +
      hidden(),
    400,
  ],
  [
    'a line that goes on in the next',
    () => crlf(...ask('GET', '/enforcers'), 'X-One: 1', ' Authorization: none', '', ''),
    400,
  ],
  ['a NUL in a header', () => crlf(...ask('GET', '/enforcers'), 'X-One: a\0b', '', ''), 400],
  ['a bare line feed in a header', () => crlf(...ask('GET', '/enforcers'), 'X-One: a\rb', '', ''), 400],
  [
    'a header without a name',
    () => crlf(...ask('GET', '/enforcers'), ': x', 'Connection: close', '', ''),
    400,
  ],
  ['no method', () => crlf('/enforcers HTTP/1.1', 'Host: x', '', ''), 400],
  ['an unknown method', () => crlf('EXPLODE /enforcers HTTP/1.1', 'Host: x', '', ''), 400],
  ['another protocol', () => crlf('GET / FTP/1.1', 'Host: x', '', ''), 400],
  ['HTTP of the future', () => crlf('GET / HTTP/9.9', 'Host: x', '', ''), 400],
  ['no host', () => crlf('GET /healthchecks HTTP/1.1', 'Connection: close', '', ''), 400],
  ['a space in the path', () => crlf('GET /enforcers /x HTTP/1.1', 'Host: x', '', ''), 400],
  [
    'a flood of one long header',
    () => crlf(...ask('GET', '/enforcers'), `X-One: ${'x'.repeat(40_000)}`, '', ''),
    431,
  ],
  [
    'a flood of many headers',
    () =>
      crlf(
        ...ask('GET', '/enforcers'),
        ...Array.from({ length: 4000 }, (_, index) => `X-${index}: ${index}`),
        '',
        '',
      ),
    431,
  ],
]

describe('a connection', () => {
  it.each(rows)('with %s gets one answer, in the usual form, and is closed', async (_what, text, status) => {
    const answer = await besieged.say(text())
    expect(statuses(answer)).toEqual([status])
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toEqual([
      expect.objectContaining({ code: status }),
    ])
  })

  it.each(['CONNECT 127.0.0.1:22', 'TRACE /enforcers', 'PRI *'])('with %s is not obeyed', async (line) => {
    const answer = await besieged.say(crlf(`${line} HTTP/1.1`, 'Host: x', 'Connection: close', '', ''))
    expect(statuses(answer).every((status) => status >= 400)).toBe(true)
  })

  it('that claims an address of another host is told nothing of it', async () => {
    const answer = await besieged.say(
      crlf(
        'GET /healthchecks HTTP/1.1',
        'Host: evil.example',
        'X-Forwarded-Host: evil.example',
        'Connection: close',
        '',
        '',
      ),
    )
    expect(statuses(answer)).toEqual([200])
    expect(answer).not.toContain('evil.example')
  })

  it('that sends its body a byte at a time, or never, holds up nobody', async () => {
    const slow = await Promise.all(Array.from({ length: 20 }, () => besieged.connect()))
    for (const [index, socket] of slow.entries()) {
      socket.write(
        crlf(...ask('POST', '/enforcers'), 'Content-Type: application/json', 'Content-Length: 100', ''),
      )
      if (index % 2 === 0) socket.write('\r\n{')
    }
    for (let round = 0; round < 5; round++) {
      for (const socket of slow) socket.write(' ')
      expect((await besieged.attack({ path: '/enforcers' })).status).toBe(200)
    }
    for (const socket of slow) socket.destroy()
    expect((await besieged.attack({ path: '/enforcers' })).status).toBe(200)
  })

  it('that asks for many things at once gets them in order', async () => {
    const many = [...Array(50).keys()].map((index) =>
      crlf(...ask('GET', index % 2 === 0 ? '/enforcers' : '/none'), ''),
    )
    const last = crlf(...ask('GET', '/enforcers'), 'Connection: close', '')
    const answer = await besieged.say(`${many.join('')}${last}`)
    expect(statuses(answer)).toEqual([...many.map((_text, index) => (index % 2 === 0 ? 200 : 404)), 200])
  })

  it('that asks for an upgrade to anything else gets none', async () => {
    const upgrade = [
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
    ]
    const answer = await besieged.say(crlf('GET /enforcers HTTP/1.1', 'Host: x', ...upgrade, '', ''))
    expect(statuses(answer).every((status) => status >= 400)).toBe(true)
  })
})

it('none of this failed the Console, deleted anything, or showed what belongs to others', async () => {
  expect(besieged.damage()).toEqual([])
  expect((await besieged.attack({ path: `/enforcers/${besieged.own}` })).status).toBe(200)
})
