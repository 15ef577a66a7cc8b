import type { Parsed } from '../../contract/parsed.ts'
import { decodeJson } from './decode-json.ts'
import { decodeMsgpack } from './decode-msgpack.ts'
import type { Encoding } from './encoding.ts'

/** Reads the bytes of a stranger: within limits, and nothing that has two meanings. */
export function decodeBytes(bytes: Buffer, encoding: Encoding): Parsed<unknown> {
  return encoding === 'json' ? decodeJson(bytes) : decodeMsgpack(bytes)
}
