import { decode, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { enforcer } from '../../../src/contract/entities/enforcer.ts'
import { pingResult } from '../../../src/contract/entities/ping/ping-result.ts'
import { decodeWhole } from '../../../src/contract/entity/decode.ts'
import { createEventMessage } from '../../../src/console/events/event-message.ts'
import { decodeMsgpack } from '../../../src/console/wire/decode-msgpack.ts'
import { encodeParts, encodeValue } from '../../../src/console/wire/encode.ts'

interface Sample {
  readonly name: string
  readonly bytes: string
  readonly value: unknown
}
/** What the codec of the vendor's Console writes; see write.go beside it. */
const samples = JSON.parse(
  readFileSync(new URL('../../fixtures/msgpack/ugorji.json', import.meta.url), 'utf8'),
) as readonly Sample[]
const sample = (name: string): Sample => {
  const found = samples.find((each) => each.name === name)
  if (found === undefined) throw new Error(name)
  return found
}
const bytesOf = ({ bytes }: Sample): Buffer => Buffer.from(bytes, 'hex')
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const problemOf = (bytes: Buffer): string => {
  const read = decodeMsgpack(bytes)
  return read.ok ? `it was read: ${JSON.stringify(read.value)}` : read.problem
}

describe('what the codec of the vendor writes', () => {
  const plain = samples.filter(({ name }) => !/time|object|event/.test(name))
  it.each(plain)('$name is read', ({ bytes, value }) => {
    const read = decodeMsgpack(Buffer.from(bytes, 'hex'))
    // JSON has no 32 bits.
    expect(read).toEqual({ ok: true, value })
  })

  it.each(samples.filter(({ name }) => name.startsWith('a time')))('$name is read', ({ bytes, value }) => {
    expect(decodeMsgpack(Buffer.from(bytes, 'hex'))).toEqual({ ok: true, value: new Date(String(value)) })
  })

  it('an object is read, its times by its definition', () => {
    const read = decodeMsgpack(bytesOf(sample('an object')))
    if (!read.ok) throw new Error(read.problem)
    expect(decodeWhole(enforcer, read.value)).toMatchObject({
      ok: true,
      value: { createTime: '2026-01-02T03:04:05.000Z', lastSyncTime: '0001-01-01T00:00:00Z', name: 'h' },
    })
  })

  it('is what we write, byte for byte, of an object in the same order', () => {
    const { value, bytes } = sample('an object')
    expect(encodeValue(value, { encoding: 'msgpack', definition: enforcer }).toString('hex')).toBe(bytes)
    const list = sample('objects')
    const written = encodeValue(list.value, { encoding: 'msgpack', definition: enforcer })
    expect(written.toString('hex')).toBe(list.bytes)
  })

  it('is what we write of an event: the entity is bytes, the time a timestamp', () => {
    const object = sample('an object').value as Record<string, unknown>
    const event = { type: 'create', identity: 'enforcer', object } as const
    const message = createEventMessage(event, new Date('2026-01-02T03:04:05Z'))
    const theirs = decode(bytesOf(sample('an event'))) as Record<string, unknown>
    expect(decode(message.in('msgpack'))).toEqual(theirs)
    expect(message.in('msgpack')).toBe(message.in('msgpack'))
  })
})

describe('times in msgpack', () => {
  it('are found in objects inside of objects', () => {
    const result = {
      createTime: '2026-01-02T03:04:05.678Z',
      pingPairs: [{ request: { createTime: '2026-01-01T00:00:00Z', pingID: 'x' }, response: null }],
    }
    expect(decode(encodeValue(result, { encoding: 'msgpack', definition: pingResult }))).toEqual({
      createTime: new Date('2026-01-02T03:04:05.678Z'),
      pingPairs: [{ request: { createTime: new Date('2026-01-01T00:00:00Z'), pingID: 'x' }, response: null }],
    })
  })

  it('are no times where the definition says text', () => {
    const object = { name: '2026-01-02T03:04:05Z', annotations: { at: ['2026-01-02T03:04:05Z'] } }
    expect(decode(encodeValue(object, { encoding: 'msgpack', definition: enforcer }))).toEqual(object)
  })

  it('are refused where the definition says text', () => {
    const read = decodeMsgpack(Buffer.from(encode({ name: new Date(0) })))
    expect(read.ok && decodeWhole(enforcer, read.value)).toEqual({
      ok: false,
      problem: "attribute 'name' must be a string",
    })
  })

  it.each([
    ['a time with a thousand million nanoseconds', 'd7 ff ee6b2800 00000000', /a time that is none/],
    ['a time beyond time', 'c7 0c ff 00000000 7fffffffffffffff', /a time that is none/],
    ['a time of five bytes', 'c7 05 ff 0000000000', /a time of 5 bytes/],
    ['a time of sixteen bytes', `d8 ff ${'00'.repeat(16)}`, /a time of 16 bytes/],
  ])('refuses %s', (_what, text, problem) => {
    expect(problemOf(hex(text))).toMatch(problem)
  })
})

describe('hostile msgpack', () => {
  const nested = (format: string, depth: number): Buffer => hex(format.repeat(depth) + 'c0')
  const rows: readonly (readonly [what: string, bytes: Buffer, problem: RegExp])[] = [
    ['nothing', Buffer.alloc(0), /ends before/],
    ['the reserved byte', hex('c1'), /no meaning/],
    ['something behind', hex('c0 c0'), /more behind/],
    ['a text that is cut off', hex('a5 6162'), /ends before/],
    ['a length that is cut off', hex('dd 00'), /ends before/],
    ['a number that is cut off', hex('cf 00'), /ends before/],
    ['a list of four thousand million', hex('dd ffffffff c0'), /ends before/],
    ['a map of four thousand million', hex('df ffffffff a1 61 c0'), /ends before/],
    ['a text of four thousand million', hex('db ffffffff 61'), /ends before/],
    ['binary data', hex('c4 01 00'), /binary/],
    ['binary data of four thousand million', hex('c6 ffffffff'), /binary/],
    ['an extension of four thousand million', hex('c9 ffffffff 01'), /type 1/],
    ['an unknown extension', hex('d4 05 00'), /extension of type 5/],
    ['a reserved extension', hex('d4 fe 00'), /extension of type -2/],
    ['lists in lists', nested('91', 33), /deeper than 32/],
    ['lists in lists in lists', Buffer.alloc(1_000_000, 0x91), /deeper than 32/],
    ['maps in maps', nested('81a161', 33), /deeper than 32/],
    ['large lists in large lists', hex('dd 0fffffff '.repeat(32)), /ends before/],
    ['two equal keys', hex('82 a161 01 a161 02'), /'a' twice/],
    ['equal keys, written in two ways', hex('82 a161 01 d901 61 02'), /'a' twice/],
    ['a prototype', hex('81 a9 5f5f70726f746f5f5f 80'), /__proto__/],
    ['a number as key', hex('81 01 02'), /key that is no text/],
    ['nothing as key', hex('81 c0 02'), /key that is no text/],
    ['a list as key', hex('81 90 02'), /key that is no text/],
    ['a text that is not UTF-8', hex('a1 ff'), /not UTF-8/],
    ['a key that is not UTF-8', hex('81 a1 ff c0'), /not UTF-8/],
    ['an overlong encoding', hex('a2 c0af'), /not UTF-8/],
    ['half a letter', hex('a3 eda080'), /not UTF-8/],
    ['NaN', hex('cb 7ff8000000000000'), /number that is none/],
    ['infinity', hex('ca 7f800000'), /number that is none/],
    ['a number beyond 53 bits', hex('cf 0020000000000000'), /beyond 53 bits/],
    ['the largest number', hex('cf ffffffffffffffff'), /beyond 53 bits/],
    ['the smallest number', hex('d3 8000000000000000'), /beyond 53 bits/],
  ]
  it.each(rows)('%s is refused', (_what, bytes, problem) => {
    expect(problemOf(bytes)).toMatch(problem)
  })

  it('is as deep as JSON may be', () => {
    expect(decodeMsgpack(nested('91', 32)).ok).toBe(true)
  })

  it('keeps names that mean something in JavaScript to itself', () => {
    const bytes = Buffer.from(
      encode({ constructor: { prototype: { a: 1 } }, hasOwnProperty: 1, toString: 2 }),
    )
    const read = decodeMsgpack(bytes)
    expect(read.ok && Object.keys(read.value as object)).toEqual([
      'constructor',
      'hasOwnProperty',
      'toString',
    ])
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })

  it('is read or refused, whatever the bytes, in no time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(typeof decodeMsgpack(Buffer.from(bytes)).ok).toBe('boolean')
      }),
      { numRuns: 20_000 },
    )
  })

  it('reads what another codec writes, and nothing of it with a byte missing', () => {
    const value = fc
      .jsonValue({ maxDepth: 6 })
      .filter((each) => !JSON.stringify(each).includes('"__proto__"'))
    fc.assert(
      fc.property(value, (each) => {
        const bytes = Buffer.from(encode(each))
        // -0 is 0 in JSON and in msgpack.
        expect(decodeMsgpack(bytes)).toEqual({ ok: true, value: JSON.parse(JSON.stringify(each)) as unknown })
        expect(decodeMsgpack(bytes.subarray(0, -1)).ok).toBe(false)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('a list in parts', () => {
  async function* parts(...all: readonly (readonly unknown[])[]): AsyncGenerator<readonly unknown[]> {
    for (const part of all) {
      await Promise.resolve()
      yield part
    }
  }
  const gather = async (
    encoding: 'json' | 'msgpack',
    ...all: readonly (readonly unknown[])[]
  ): Promise<Buffer> => {
    const chunks: Buffer[] = []
    for await (const chunk of encodeParts(parts(...all), { encoding })) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
  it.each([
    [[], []],
    [[[]], []],
    [
      [[1], [], [2, 3]],
      [1, 2, 3],
    ],
    [[[], [{ a: 1 }]], [{ a: 1 }]],
  ])('%j is one list', async (all, whole) => {
    expect(JSON.parse((await gather('json', ...all)).toString('utf8'))).toEqual(whole)
    expect(decode(await gather('msgpack', ...all))).toEqual(whole)
  })
})
