import type { IncomingMessage } from 'node:http'
import { refuse } from '../refused-request.ts'
import { decodeBytes } from '../wire/decode.ts'
import type { Encoding } from '../wire/encoding.ts'

/** Reads the value that a request carries, within limits; undefined when there is no body. */
export async function readBody(
  request: IncomingMessage,
  { limitBytes, encoding }: { readonly limitBytes: number; readonly encoding: Encoding },
): Promise<unknown> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > limitBytes) throw tooLarge(limitBytes)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limitBytes) throw tooLarge(limitBytes)
    chunks.push(chunk)
  }
  if (size === 0) return undefined
  const body = decodeBytes(Buffer.concat(chunks), encoding)
  if (!body.ok) throw refuse(400, `Unable to read the body: ${body.problem}`)
  return body.value
}

function tooLarge(limitBytes: number): Error {
  return refuse(413, `The body is larger than ${limitBytes} bytes`)
}
