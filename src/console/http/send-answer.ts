import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { WireError } from '../../contract/wire-error.ts'
import type { Answer } from '../call.ts'

const compress = promisify(gzip)
/** Below this, compressing costs more than it saves. */
const compressFromBytes = 1024

/** Writes an answer of the API: JSON, reduced to the fields asked for, compressed if the client can. */
export async function sendAnswer(
  response: ServerResponse,
  what: { readonly answer: Answer; readonly request: IncomingMessage },
): Promise<void> {
  const { answer, request } = what
  setHeaders(response, answer)
  if (answer.body === undefined || answer.status === 204) {
    response.writeHead(answer.status).end()
    return
  }
  const body = Buffer.from(JSON.stringify(withFields(answer.body, fieldsOf(request))))
  response.setHeader('Content-Type', 'application/json; charset=UTF-8')
  response.setHeader('Vary', 'Accept-Encoding')
  const zipped = body.length >= compressFromBytes && acceptsGzip(request) ? await compress(body) : undefined
  if (zipped !== undefined) response.setHeader('Content-Encoding', 'gzip')
  const bytes = zipped ?? body
  response.writeHead(answer.status, { 'Content-Length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

function setHeaders(response: ServerResponse, { headers = {}, total = 0, next }: Answer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.setHeader('X-Count-Total', String(total))
  if (next !== undefined) response.setHeader('X-Next', next)
}

/** Writes the array of errors, in which every refusal and failure ends. */
export function sendErrors(response: ServerResponse, errors: readonly WireError[]): void {
  const body = errorBody(errors)
  response.setHeader('X-Count-Total', '0')
  response.setHeader('Content-Type', 'application/json; charset=UTF-8')
  response.writeHead(errors[0]?.code ?? 500, { 'Content-Length': Buffer.byteLength(body) })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

export function errorBody(errors: readonly WireError[]): string {
  return JSON.stringify(errors.map((error) => ({ ...error, trace: 'unknown' })))
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
