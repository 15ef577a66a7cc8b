import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip, gzip } from 'node:zlib'
import type { EntityDefinition } from '../../contract/entity/definition.ts'
import type { WireError } from '../../contract/wire-error.ts'
import type { Answer } from '../call.ts'
import { encodeParts, encodeValue } from '../wire/encode.ts'
import { contentTypes, mediaTypes, type Encoding } from '../wire/encoding.ts'
import { errorsAs } from './negotiate.ts'

const compress = promisify(gzip)
/** Below this, compressing costs more than it saves. */
const compressFromBytes = 1024
/** Lists up to this length are sent as one piece. */
const gatheredObjects = 500

/** What every answer says about how requests may be written. */
export const acceptHeader = `${mediaTypes.msgpack},${mediaTypes.json}`

export interface Outgoing {
  readonly answer: Answer
  readonly request: IncomingMessage
  readonly encoding: Encoding
  /** Of what the objects of the answer are. */
  readonly definition?: EntityDefinition
}

/** Writes an answer of the API, reduced to the fields asked for, compressed if the client can. */
export async function sendAnswer(response: ServerResponse, outgoing: Outgoing): Promise<void> {
  const { answer, request, encoding } = outgoing
  setHeaders(response, answer)
  const parts = answer.parts === undefined ? undefined : reduced(answer.parts, fieldsOf(request))
  const isLong = (answer.total ?? 0) > gatheredObjects
  const body = parts === undefined || isLong ? answer.body : await gathered(parts)
  if (answer.status === 204 || (body === undefined && parts === undefined)) {
    response.writeHead(answer.status).end()
    return
  }
  response.setHeader('Content-Type', contentTypes[encoding])
  response.setHeader('Vary', 'Accept, Accept-Encoding')
  if (parts !== undefined && isLong) await sendParts(response, { ...outgoing, parts })
  else await sendBody(response, { ...outgoing, body: withFields(body, fieldsOf(request)) })
}

async function sendBody(
  response: ServerResponse,
  { answer, request, body, ...as }: Outgoing & { readonly body: unknown },
): Promise<void> {
  const plain = encodeValue(body, as)
  const zipped = plain.length >= compressFromBytes && acceptsGzip(request) ? await compress(plain) : undefined
  if (zipped !== undefined) response.setHeader('Content-Encoding', 'gzip')
  const bytes = zipped ?? plain
  response.writeHead(answer.status, { 'Content-Length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

/** As fast as the client reads, and no faster. */
async function sendParts(
  response: ServerResponse,
  { answer, request, parts, ...as }: Outgoing & { readonly parts: AsyncIterable<readonly unknown[]> },
): Promise<void> {
  const bytes = Readable.from(encodeParts(parts, as))
  if (!acceptsGzip(request)) {
    response.writeHead(answer.status)
    await pipeline(bytes, response)
    return
  }
  response.writeHead(answer.status, { 'Content-Encoding': 'gzip' })
  await pipeline(bytes, createGzip(), response)
}

async function gathered(parts: AsyncIterable<readonly unknown[]>): Promise<readonly unknown[]> {
  const all: unknown[] = []
  for await (const objects of parts) all.push(...objects)
  return all
}

async function* reduced(
  parts: AsyncIterable<readonly unknown[]>,
  fields: readonly string[],
): AsyncGenerator<readonly unknown[], void, void> {
  for await (const objects of parts) yield withFields(objects, fields) as readonly unknown[]
}

function setHeaders(response: ServerResponse, { headers = {}, total = 0, next }: Answer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.setHeader('X-Count-Total', String(total))
  if (next !== undefined) response.setHeader('X-Next', next)
}

/** Writes the array of errors, in which every refusal and failure ends. */
export function sendErrors(response: ServerResponse, errors: readonly WireError[]): void {
  const encoding = errorsAs(response.req.headers)
  const body = errorBody(errors, encoding)
  response.setHeader('X-Count-Total', '0')
  response.setHeader('Accept', acceptHeader)
  response.setHeader('Content-Type', contentTypes[encoding])
  response.writeHead(errors[0]?.code ?? 500, { 'Content-Length': body.length })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

export function errorBody(errors: readonly WireError[], encoding: Encoding): Buffer {
  return encodeValue(
    errors.map((error) => ({ trace: 'unknown', ...error })),
    { encoding },
  )
}

/** One header line for each field: a line is not split at commas, as the vendor's Console does not. */
function fieldsOf(request: IncomingMessage): readonly string[] {
  return request.headersDistinct['x-fields'] ?? []
}

function withFields(body: unknown, fields: readonly string[]): unknown {
  if (fields.length === 0) return body
  if (Array.isArray(body)) return body.map((item: unknown) => withFields(item, fields))
  if (typeof body !== 'object' || body === null) return body
  return Object.fromEntries(Object.entries(body).filter(([name]) => fields.includes(name)))
}

function acceptsGzip(request: IncomingMessage): boolean {
  const header = request.headers['accept-encoding']
  const text = Array.isArray(header) ? header.join(',') : (header ?? '')
  return text.split(',').some((part) => /^\s*gzip\s*(;\s*q=(1|0?\.[0-9]*[1-9].*))?\s*$/i.test(part))
}
