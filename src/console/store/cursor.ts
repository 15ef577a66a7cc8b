import { createHmac } from 'node:crypto'
import { refuse } from '../refused-request.ts'
import type { SqlValue } from './sql-condition.ts'

/** The place of an object in a list: the values that the list is ordered by, the last of which is its number. */
export type Place = readonly SqlValue[]

export interface Cursor {
  readonly place: Place
  /** How many matched when the walk began, and what shows that the Console counted them, for this very list. */
  readonly counted?: { readonly total: number; readonly seal: string }
}

export function writeCursor({ place, counted }: Cursor): string {
  const all = counted === undefined ? [place] : [place, counted.total, counted.seal]
  return Buffer.from(JSON.stringify(all)).toString('base64url')
}

/** Reads what a client sends; `size` is the number of values that the list is ordered by. */
export function readCursor(text: string, size: number): Cursor {
  const [place, total, seal] = parse(text)
  const isPlace = Array.isArray(place) && place.length === size && place.every(isSqlValue)
  if (!isPlace || !Number.isSafeInteger(place.at(-1))) {
    throw refuse(400, "Parameter 'after' is not the X-Next of an answer")
  }
  const isCounted = typeof total === 'number' && typeof seal === 'string'
  return { place, ...(isCounted ? { counted: { total, seal } } : {}) }
}

function parse(text: string): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Array.isArray(read) ? (read as unknown[]) : []
  } catch {
    // Not of our making; the caller refuses it.
    return []
  }
}

function isSqlValue(value: unknown): value is SqlValue {
  return value === null || typeof value === 'string' || typeof value === 'number'
}

/** Ties a count to the list that was counted: another list, or another start of the Console, counts anew. */
export function sealOf(what: { readonly list: unknown; readonly total: number }, key: Buffer): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([what.list, what.total]))
    .digest('base64url')
    .slice(0, 22)
}
