import { decode, encode } from '@msgpack/msgpack'
import { once } from 'node:events'
import WebSocket from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { besiege, type Besieged } from './besieged.ts'

let besieged: Besieged
beforeAll(async () => {
  besieged = await besiege({ bodyLimitBytes: 200_000 })
})
afterAll(() => besieged.close())

const headers = { 'content-type': 'application/msgpack', accept: 'application/msgpack' }
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** Everything that a decoder could be made to believe; each also as the value of a known attribute. */
const bombs: Readonly<Record<string, Buffer>> = {
  'a list of four thousand million': hex('dd ffffffff'),
  'a map of four thousand million': hex('df ffffffff'),
  'a text of four thousand million': hex('db ffffffff'),
  'large lists in large lists': hex('dd 0fffffff '.repeat(30)),
  'binary data of four thousand million': hex('c6 ffffffff'),
  'an extension of four thousand million': hex('c9 ffffffff ff'),
  'lists in lists': Buffer.alloc(100_000, 0x91),
  'maps in maps': hex('81 a161'.repeat(40_000)),
  'an unknown extension': hex('d4 7f 00'),
  'a time that is none': hex('d7 ff ffffffffffffffff'),
  'a time beyond time': hex('c7 0c ff 00000000 7fffffffffffffff'),
  NaN: hex('cb 7ff8000000000000'),
  'a number beyond numbers': hex('cf ffffffffffffffff'),
  'the reserved byte': hex('c1'),
  'a text that is not UTF-8': hex('a2 c328'),
  'a prototype': hex('81 a9 5f5f70726f746f5f5f 81 a9 70726f746563746564 c3'),
  'two equal keys': hex('82 a161 01 a161 02'),
}

describe('a body of msgpack with', () => {
  it.each(Object.entries(bombs))('%s is refused, in msgpack', async (_what, bomb) => {
    const inside = Buffer.concat([hex('82 a446514446 a166 a6'), Buffer.from('name'), bomb])
    for (const body of [bomb, inside]) {
      const answer = await besieged.attack({ method: 'POST', path: '/enforcers', headers, body })
      expect(answer.status).toBe(400)
      expect(decode(answer.bytes)).toEqual([expect.objectContaining({ code: 400 })])
    }
  })

  it('more bytes than allowed is refused before it is read', async () => {
    const body = Buffer.from(encode({ name: 'x', description: 'x'.repeat(300_000) }))
    expect((await besieged.attack({ method: 'POST', path: '/enforcers', headers, body })).status).toBe(413)
  })

  it('a million small values takes no more room than they need', async () => {
    const body = Buffer.concat([hex('dd 00030d00'), Buffer.alloc(0x30d00 - 5, 0x80)])
    const before = process.memoryUsage().rss
    const answer = await besieged.attack({
      method: 'POST',
      path: '/enforcers',
      headers,
      body: body.subarray(0, 200_000),
    })
    expect(answer.status).toBe(400)
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })

  it('what only looks like another field changes nothing', async () => {
    const body = Buffer.from(
      encode({ name: 'n', FQDN: 'f', constructor: { prototype: { protected: true } } }),
    )
    const answer = await besieged.attack({ method: 'POST', path: '/enforcers', headers, body })
    expect([answer.status, (decode(answer.bytes) as { protected: boolean }).protected]).toEqual([200, false])
    expect(({} as Record<string, unknown>)['protected']).toBeUndefined()
  })
})

describe('a message of msgpack to the event socket with', () => {
  const listen = async (): Promise<WebSocket> => {
    const { url, caPem } = besieged.console
    const query = new URLSearchParams({ namespace: '/mine', token: besieged.attacker.token })
    const address = `${url.replace('https', 'wss')}/events?${query.toString()}`
    const socket = new WebSocket(address, { ca: caPem, headers })
    await once(socket, 'open')
    return socket
  }

  it.each(Object.entries(bombs).filter(([, bomb]) => bomb.length < 60_000))(
    '%s closes it',
    async (_what, bomb) => {
      const socket = await listen()
      socket.send(bomb)
      const [code] = (await once(socket, 'close')) as [number]
      expect(code).toBe(1003)
    },
  )

  it('a good config is taken, also where it claims to be text', async () => {
    const socket = await listen()
    // As the official subscriber sends it; it is not UTF-8.
    socket.send(encode({ identities: { enforcer: [] } }), { binary: false })
    socket.ping()
    await once(socket, 'pong')
    const heard = once(socket, 'message')
    await besieged.attack({ method: 'POST', path: '/enforcers', body: { name: 'heard', FQDN: 'f' } })
    const [event] = (await heard) as [Buffer]
    const { entity, identity } = decode(event) as { entity: Uint8Array; identity: string }
    expect([identity, decode(entity)]).toEqual(['enforcer', expect.objectContaining({ name: 'heard' })])
    socket.terminate()
  })
})

it('none of this failed the Console or showed what belongs to others', async () => {
  expect(besieged.damage()).toEqual([])
  expect((await besieged.attack({ path: '/enforcers' })).status).toBe(200)
})
