import { sanitiseLine } from '../sanitise.ts'

/** Text from a host in a table: no new cells, rows, tags or links. */
export function markdownCell(text: string): string {
  return sanitiseLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[|[\]`*_\\]/g, (mark) => `\\${mark}`)
}
