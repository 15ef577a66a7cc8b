import type { IncomingHttpHeaders } from 'node:http'
import { refuse } from '../refused-request.ts'

const json = new Set(['application/json', 'application/*', '*/*'])
/** Media types the contract knows; only JSON is spoken here. */
const known = new Set([...json, 'application/msgpack'])

/** Refuses with 415 unless both sides speak JSON. The first type of Accept that exists decides. */
export function checkMediaTypes(headers: IncomingHttpHeaders, method: string): void {
  const accepted = (headers.accept ?? '*/*').split(',').map(mediaType)
  const first = accepted.find((type) => known.has(type))
  if (first === undefined || !json.has(first)) throw unsupported('Accept', headers.accept)
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') checkBodyType(headers)
}

function checkBodyType(headers: IncomingHttpHeaders): void {
  const type = headers['content-type'] ?? 'application/json'
  if (!json.has(mediaType(type))) throw unsupported('Content-Type', type)
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') throw unsupported('Content-Encoding', encoding)
}

function mediaType(text: string): string {
  return (text.split(';')[0] ?? '').trim().toLowerCase()
}

function unsupported(header: string, value: string | undefined): Error {
  return refuse(415, `Cannot do ${header} '${value ?? ''}'; this Console speaks application/json`)
}
