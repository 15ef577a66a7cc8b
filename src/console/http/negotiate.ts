import type { IncomingHttpHeaders } from 'node:http'
import { refuse } from '../refused-request.ts'
import { mediaTypes, type Encoding } from '../wire/encoding.ts'

const encodings: Readonly<Record<string, Encoding>> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'application/msgpack': 'msgpack',
}

/** How a request is to be read. Refuses with 415 what is written in another way. */
export function readsAs(headers: IncomingHttpHeaders): Encoding {
  const type = headers['content-type'] ?? mediaTypes.json
  const encoding = encodingOf(type)
  if (encoding === undefined) throw unsupported('Content-Type', type)
  const packed = headers['content-encoding'] ?? 'identity'
  if (packed !== 'identity') throw unsupported('Content-Encoding', packed)
  return encoding
}

/** How to answer: the first type of Accept that exists decides. Refuses with 415 when there is none. */
export function answersAs({ accept }: IncomingHttpHeaders): Encoding {
  const encoding = acceptedEncoding(accept)
  if (encoding === undefined) throw unsupported('Accept', accept ?? '')
  return encoding
}

/** The same for an error, which has to be written in some way: in JSON where nothing better is known. */
export function errorsAs({ accept }: IncomingHttpHeaders): Encoding {
  return acceptedEncoding(accept) ?? 'json'
}

function acceptedEncoding(accept = '*/*'): Encoding | undefined {
  return accept
    .split(',')
    .map(encodingOf)
    .find((encoding) => encoding !== undefined)
}

function encodingOf(text: string): Encoding | undefined {
  const type = (text.split(';')[0] ?? '').trim().toLowerCase()
  return Object.hasOwn(encodings, type) ? encodings[type] : undefined
}

function unsupported(header: string, value: string): Error {
  const spoken = Object.values(mediaTypes).join(' and ')
  return refuse(415, `Cannot do ${header} '${value}'; this Console speaks ${spoken}`)
}
