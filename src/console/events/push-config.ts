import { isRecord } from '../../contract/json-record.ts'
import type { Filter } from '../../contract/filter/filter.ts'
import { parseEventFilter } from '../../contract/filter/parse.ts'
import { parsed, problem, type Parsed } from '../../contract/parsed.ts'
import { decodeBytes } from '../wire/decode.ts'
import type { Encoding } from '../wire/encoding.ts'

/** What a reader of events wants to hear. */
export interface PushConfig {
  /** Types of event by singular name; no types means all of them. Absent: everything one may see. */
  readonly identities: ReadonlyMap<string, readonly string[]> | undefined
  readonly filters: ReadonlyMap<string, Filter>
  /** A newer token, so that the session goes on. */
  readonly token: string | undefined
}

export const everything: PushConfig = { identities: undefined, filters: new Map(), token: undefined }

const types = new Set(['create', 'update', 'delete'])

/** Reads the one kind of message a reader sends. */
export function readPushConfig(bytes: Buffer, encoding: Encoding): Parsed<PushConfig> {
  const decoded = decodeBytes(bytes, encoding)
  if (!decoded.ok) return problem(`the message cannot be read: ${decoded.problem}`)
  const message = decoded.value
  if (!isRecord(message)) return problem('the message is not an object')
  const identities = readIdentities(message['identities'])
  if (!identities.ok) return identities
  const filters = readFilters(message['filters'], identities.value)
  if (!filters.ok) return filters
  return parsed({
    identities: identities.value,
    filters: filters.value,
    token: readToken(message['parameters']),
  })
}

function readIdentities(value: unknown): Parsed<PushConfig['identities']> {
  if (value === undefined || value === null) return parsed(undefined)
  if (!isRecord(value)) return problem("'identities' is not an object")
  const identities = new Map<string, readonly string[]>()
  for (const [name, list] of Object.entries(value)) {
    const wanted: unknown = list ?? []
    if (!Array.isArray(wanted) || !wanted.every((type) => types.has(type as string))) {
      return problem(`'identities': '${name}' is not a list of create, update, delete`)
    }
    identities.set(name, wanted as string[])
  }
  return parsed(identities.size === 0 ? undefined : identities)
}

function readFilters(value: unknown, identities: PushConfig['identities']): Parsed<PushConfig['filters']> {
  const filters = new Map<string, Filter>()
  if (value === undefined || value === null) return parsed(filters)
  if (!isRecord(value)) return problem("'filters' is not an object")
  for (const [name, text] of Object.entries(value)) {
    if (identities?.has(name) !== true) return problem(`'filters': '${name}' is not in 'identities'`)
    const filter = parseEventFilter(typeof text === 'string' ? text : '')
    if (!filter.ok) return problem(`'filters': '${name}': ${filter.problem}`)
    filters.set(name, filter.value)
  }
  return parsed(filters)
}

function readToken(parameters: unknown): string | undefined {
  const tokens = isRecord(parameters) ? parameters['token'] : undefined
  const [token] = Array.isArray(tokens) ? (tokens as unknown[]) : []
  return typeof token === 'string' ? token : undefined
}
