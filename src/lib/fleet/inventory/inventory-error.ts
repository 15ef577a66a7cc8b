import { ApoctlError } from '../../errors/apoctl-error.ts'

/** Where something stands in an inventory. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** APO-INPUT-FILE that begins with `file:line`. */
export function inventoryError(place: Place, what: readonly [message: string, hint?: string]): ApoctlError {
  const [message, hint] = what
  return new ApoctlError(['APO-INPUT-FILE', `${place.file}:${place.line}: ${message}`], {
    hints: [hint ?? 'Correct the line; nothing was changed.'],
  })
}
