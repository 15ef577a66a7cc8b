import { isRecord } from '../../../contract/json-record.ts'
import type { RawData } from 'ws'
import { parseWireErrors, type WireError } from '../../../contract/wire-error.ts'

/** One event of the Console. Source: section 7 of the wire contract. */
export interface ConsoleEvent {
  readonly type: 'create' | 'update' | 'delete'
  /** Singular name of what kind of object it is: `enforcer`. */
  readonly identity: string
  /** The whole object, as it was after the change, or before its deletion. */
  readonly entity: Readonly<Record<string, unknown>>
  /** RFC 3339, by the Console's clock. */
  readonly timestamp: string
}

export type EventMessage =
  | { readonly kind: 'event'; readonly event: ConsoleEvent }
  /** The Console did not understand what we sent, and will say nothing more until it is corrected. */
  | { readonly kind: 'complaint'; readonly error: WireError }

const types = new Set<unknown>(['create', 'update', 'delete'])

/** Reads one message of the event socket; undefined when it is nothing that the contract knows. */
export function readEventMessage(data: RawData): EventMessage | undefined {
  const message = parseObject(data)
  if (message === undefined) return undefined
  const { type, identity, entity, timestamp } = message
  if (type === 'error') {
    const [error] = parseWireErrors([entity]) ?? []
    return error && { kind: 'complaint', error }
  }
  if (!types.has(type) || typeof identity !== 'string' || !isRecord(entity)) return undefined
  const at = typeof timestamp === 'string' ? timestamp : ''
  return { kind: 'event', event: { type: type as ConsoleEvent['type'], identity, entity, timestamp: at } }
}

function parseObject(data: RawData): Record<string, unknown> | undefined {
  try {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
