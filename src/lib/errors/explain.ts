import { ApoctlError } from './apoctl-error.ts'
import type { CatalogEntry } from './catalog-entry.ts'
import { errorCatalog, isErrorCode } from './catalog.ts'

export interface Explanation extends CatalogEntry {
  readonly code: string
}

export interface ExplanationReport {
  readonly errors: readonly Explanation[]
}

/** Explains one error code, or all of them. Throws APO-INPUT-VALUE for a code that does not exist. */
export function explainError(code: string | undefined): ExplanationReport {
  const all = Object.entries(errorCatalog).map(([name, entry]) => ({ code: name, ...entry }))
  if (code === undefined) return { errors: all }
  const wanted = code.toUpperCase()
  if (!isErrorCode(wanted)) {
    throw new ApoctlError(['APO-INPUT-VALUE', `"${code}" is not an error code of apoctl`], {
      hints: ['List them all: apoctl explain'],
    })
  }
  return { errors: [{ code: wanted, ...errorCatalog[wanted] }] }
}
