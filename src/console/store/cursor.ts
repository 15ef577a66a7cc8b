import { refuse } from '../refused-request.ts'
import type { SqlValue } from './filter-to-sql.ts'

/** Where a page ended: the value it was ordered by, and the number of the last object. */
export interface Cursor {
  readonly value: SqlValue
  readonly sequence: number
}

export function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.value, cursor.sequence])).toString('base64url')
}

export function readCursor(text: string): Cursor {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (Array.isArray(read) && read.length === 2) {
      const [value, sequence] = read as unknown[]
      if (Number.isSafeInteger(sequence) && isSqlValue(value)) return { value, sequence: sequence as number }
    }
  } catch {
    // Not of our making; refused below.
  }
  throw refuse(400, "Parameter 'after' is not the X-Next of an answer")
}

function isSqlValue(value: unknown): value is SqlValue {
  return value === null || typeof value === 'string' || typeof value === 'number'
}
