import type { IncomingMessage } from 'node:http'
import { refuse } from '../refused-request.ts'
import { repeatedField } from './repeated-field.ts'

/** Deeper JSON than any entity has. */
const maxDepth = 32

/** Reads the JSON of a request, within limits; undefined when there is no body. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<unknown> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > limitBytes) throw tooLarge(limitBytes)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limitBytes) throw tooLarge(limitBytes)
    chunks.push(chunk)
  }
  return size === 0 ? undefined : parseJson(Buffer.concat(chunks))
}

/** JSON that is UTF-8, not nested beyond reason, and names nothing that JavaScript gives a meaning of its own. */
export function parseJson(bytes: Buffer): unknown {
  const text = decode(bytes)
  if (depthOf(text) > maxDepth)
    throw refuse(400, `Unable to read the body: it is nested deeper than ${maxDepth}`)
  try {
    return onceEach(JSON.parse(text, refusePrototypes), text)
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse(400, 'Unable to read the body: it is not JSON')
    throw error
  }
}

function onceEach(value: unknown, text: string): unknown {
  const name = repeatedField(text)
  if (name === undefined) return value
  throw refuse(400, `Unable to read the body: it has the field '${name.slice(0, 100)}' twice`)
}

function refusePrototypes(key: string, value: unknown): unknown {
  if (key === '__proto__') throw refuse(400, "Unable to read the body: it has a field '__proto__'")
  return value
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refuse(400, 'Unable to read the body: it is not UTF-8')
  }
}

/** Counted before parsing: a parser that recurses is what the attack is for. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (inString && character === '\\') at++
    else if (character === '"') inString = !inString
    else if (!inString) {
      depth += nesting[character ?? ''] ?? 0
      deepest = Math.max(deepest, depth)
    }
  }
  return deepest
}

const nesting: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 }

function tooLarge(limitBytes: number): Error {
  return refuse(413, `The body is larger than ${limitBytes} bytes`)
}
