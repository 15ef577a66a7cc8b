import { parsed, problem, type Parsed } from '../../contract/parsed.ts'
import { maxDepth } from './encoding.ts'

/**
 * Reads one msgpack value of a stranger. It is read here and not by a library because the libraries that there
 * are believe what it says: they make room for a list as long as it claims to be, recurse as deep as it goes,
 * take the last of two equal keys and put a mark for what is not UTF-8. Times become Dates.
 */
export function decodeMsgpack(bytes: Buffer): Parsed<unknown> {
  const source: Source = { bytes, at: 0, depth: 0 }
  try {
    const value = readValue(source)
    if (source.at < bytes.length) return problem('there is more behind the msgpack value')
    return parsed(value)
  } catch (error) {
    if (error instanceof BadMsgpack) return problem(error.message)
    throw error
  }
}

class BadMsgpack extends Error {
  override readonly name = 'BadMsgpack'
}

interface Source {
  readonly bytes: Buffer
  at: number
  depth: number
}

type Read = (source: Source) => unknown

/** By first byte. Small numbers, and short texts, lists and maps, have their value or length in that byte. */
function readValue(source: Source): unknown {
  const format = source.bytes[take(source, 1)] ?? 0
  if (format <= 0x7f) return format
  if (format >= 0xe0) return format - 0x100
  if (format <= 0x8f) return readMap(source, format & 0x0f)
  if (format <= 0x9f) return readList(source, format & 0x0f)
  if (format <= 0xbf) return readText(source, format & 0x1f)
  const read = formats[format]
  if (read === undefined) throw new BadMsgpack(`it has no meaning in msgpack to begin with ${format}`)
  return read(source)
}

const formats: Readonly<Record<number, Read>> = {
  0xc0: () => null,
  0xc2: () => false,
  0xc3: () => true,
  0xc4: refuseBinary,
  0xc5: refuseBinary,
  0xc6: refuseBinary,
  0xc7: (source) => readExtension(source, readUnsigned(source, 1)),
  0xc8: (source) => readExtension(source, readUnsigned(source, 2)),
  0xc9: (source) => readExtension(source, readUnsigned(source, 4)),
  0xca: (source) => finite(source.bytes.readFloatBE(take(source, 4))),
  0xcb: (source) => finite(source.bytes.readDoubleBE(take(source, 8))),
  0xcc: (source) => readUnsigned(source, 1),
  0xcd: (source) => readUnsigned(source, 2),
  0xce: (source) => readUnsigned(source, 4),
  0xcf: (source) => safe(source.bytes.readBigUInt64BE(take(source, 8))),
  0xd0: (source) => source.bytes.readIntBE(take(source, 1), 1),
  0xd1: (source) => source.bytes.readIntBE(take(source, 2), 2),
  0xd2: (source) => source.bytes.readIntBE(take(source, 4), 4),
  0xd3: (source) => safe(source.bytes.readBigInt64BE(take(source, 8))),
  0xd4: (source) => readExtension(source, 1),
  0xd5: (source) => readExtension(source, 2),
  0xd6: (source) => readExtension(source, 4),
  0xd7: (source) => readExtension(source, 8),
  0xd8: (source) => readExtension(source, 16),
  0xd9: (source) => readText(source, readUnsigned(source, 1)),
  0xda: (source) => readText(source, readUnsigned(source, 2)),
  0xdb: (source) => readText(source, readUnsigned(source, 4)),
  0xdc: (source) => readList(source, readUnsigned(source, 2)),
  0xdd: (source) => readList(source, readUnsigned(source, 4)),
  0xde: (source) => readMap(source, readUnsigned(source, 2)),
  0xdf: (source) => readMap(source, readUnsigned(source, 4)),
}

/** Where the next bytes begin; they are there. */
function take(source: Source, size: number): number {
  const { at } = source
  // Nothing is made for a claim that the bytes do not keep: each item takes at least one.
  if (at + size > source.bytes.length) throw new BadMsgpack('it ends before the msgpack value does')
  source.at += size
  return at
}

function readUnsigned(source: Source, size: number): number {
  return source.bytes.readUIntBE(take(source, size), size)
}

function safe(number: bigint): number {
  if (!Number.isSafeInteger(Number(number))) throw new BadMsgpack('it has a number beyond 53 bits')
  return Number(number)
}

function finite(number: number): number {
  if (!Number.isFinite(number)) throw new BadMsgpack('it has a number that is none')
  return number
}

// A byte order mark in a text is a letter like any other.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function readText(source: Source, size: number): string {
  const at = take(source, size)
  try {
    return utf8.decode(source.bytes.subarray(at, at + size))
  } catch {
    throw new BadMsgpack('it has a text that is not UTF-8')
  }
}

function inside<Value>(source: Source, read: () => Value): Value {
  source.depth++
  if (source.depth > maxDepth) throw new BadMsgpack(`it is nested deeper than ${maxDepth}`)
  const value = read()
  source.depth--
  return value
}

function readList(source: Source, size: number): unknown[] {
  return inside(source, () => {
    const list: unknown[] = []
    while (list.length < size) list.push(readValue(source))
    return list
  })
}

function readMap(source: Source, size: number): Record<string, unknown> {
  return inside(source, () => {
    const map: Record<string, unknown> = {}
    for (let count = 0; count < size; count++) {
      const key = readValue(source)
      if (typeof key !== 'string') throw new BadMsgpack('it has a key that is no text')
      if (key === '__proto__') throw new BadMsgpack("it has a field '__proto__'")
      if (Object.hasOwn(map, key)) throw new BadMsgpack(`it has the field '${key}' twice`)
      map[key] = readValue(source)
    }
    return map
  })
}

function refuseBinary(): never {
  throw new BadMsgpack('it has binary data, which no attribute takes')
}

const timestamp = -1

function readExtension(source: Source, size: number): Date {
  const type = source.bytes.readInt8(take(source, 1))
  if (type !== timestamp) throw new BadMsgpack(`it has an extension of type ${type}, which nobody knows`)
  const read = timestamps[size]
  if (read === undefined) throw new BadMsgpack(`it has a time of ${size} bytes`)
  const { seconds, nanoseconds } = read(source.bytes, take(source, size))
  const date = new Date(Number(seconds) * 1000 + Math.floor(nanoseconds / 1e6))
  if (nanoseconds >= 1e9 || Number.isNaN(date.getTime())) throw new BadMsgpack('it has a time that is none')
  return date
}

interface Timestamp {
  readonly seconds: bigint | number
  readonly nanoseconds: number
}

/** By size: seconds; 30 bits of nanoseconds and 34 of seconds; 32 bits of nanoseconds and 64 of seconds. */
const timestamps: Readonly<Record<number, (bytes: Buffer, at: number) => Timestamp>> = {
  4: (bytes, at) => ({ seconds: bytes.readUInt32BE(at), nanoseconds: 0 }),
  8: (bytes, at) => {
    const both = bytes.readBigUInt64BE(at)
    return { seconds: both & 0x3_ffff_ffffn, nanoseconds: Number(both >> 34n) }
  },
  12: (bytes, at) => ({ seconds: bytes.readBigInt64BE(at + 4), nanoseconds: bytes.readUInt32BE(at) }),
}
