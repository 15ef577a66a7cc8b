import type { WireObject } from '../../../contract/entity/definition.ts'
import { sanitiseLine } from '../sanitise.ts'

/** The value of an attribute as one line of plain text. */
export function cellOf(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-'
  return sanitiseLine(typeof value === 'string' ? value : JSON.stringify(value))
}

/** One row of cells for an object. */
export function rowOf(object: WireObject, columns: readonly string[]): string[] {
  return columns.map((column) => cellOf(object[column]))
}
