import type { IncomingMessage } from 'node:http'
import { refuse } from '../refused-request.ts'

const known: Readonly<Record<string, readonly string[]>> = {
  'X-Read-Consistency': ['default', 'nearest', 'eventual', 'monotonic', 'strong', 'weakest'],
  'X-Write-Consistency': ['default', 'none', 'strong', 'strongest'],
}

/**
 * Refuses a consistency that nobody can promise. All others are kept without more ado: what is read is the
 * last that was written, and what is answered is on disk.
 */
export function checkConsistency({ headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>): void {
  for (const [header, values] of Object.entries(known)) {
    const given = headersDistinct[header.toLowerCase()] ?? []
    const [value = ''] = given
    if (given.length <= 1 && (value === '' || values.includes(value))) continue
    throw refuse(400, `The header ${header} must be one of ${values.join(', ')}`)
  }
}
