import { Encoder } from '@msgpack/msgpack'
import type { EntityDefinition } from '../../contract/entity/definition.ts'
import type { Encoding } from './encoding.ts'
import { withTimestamps } from './with-timestamps.ts'

const msgpack = new Encoder({ ignoreUndefined: true })

/** What the value is, where it is one of an entity: its times are timestamps in msgpack. */
export interface EncodeAs {
  readonly encoding: Encoding
  readonly definition?: EntityDefinition | undefined
}

export function encodeValue(value: unknown, { encoding, definition }: EncodeAs): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify(value))
  return Buffer.from(msgpack.encode(definition === undefined ? value : withTimestamps(value, definition)))
}

/** A list, part by part. Parts of JSON can be sent as they come. */
export async function* encodeParts(
  parts: AsyncIterable<readonly unknown[]>,
  as: EncodeAs,
): AsyncGenerator<Buffer, void, void> {
  if (as.encoding === 'msgpack') {
    yield* encodeCounted(parts, as)
    return
  }
  let before = '['
  for await (const objects of parts) {
    if (objects.length === 0) continue
    yield Buffer.from(before + objects.map((object) => JSON.stringify(object)).join(','))
    before = ','
  }
  yield Buffer.from(before === '[' ? '[]' : ']')
}

/** A list in msgpack begins with how long it is, which nobody knows before its end. */
async function* encodeCounted(
  parts: AsyncIterable<readonly unknown[]>,
  as: EncodeAs,
): AsyncGenerator<Buffer, void, void> {
  const encoded: Buffer[] = []
  let count = 0
  for await (const objects of parts) {
    encoded.push(Buffer.concat(objects.map((object) => encodeValue(object, as))))
    count += objects.length
  }
  const head = Buffer.alloc(5)
  head.writeUInt8(0xdd)
  head.writeUInt32BE(count, 1)
  yield head
  yield* encoded
}
