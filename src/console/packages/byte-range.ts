/** Bytes of a file: from the first to the last, both included. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/**
 * What a header Range asks for of a file of this size: `whole` where it asks for nothing that we know, which
 * a server may always answer with everything; `none` where there is nothing at that place.
 */
export function byteRange(header: string | undefined, sizeBytes: number): ByteRange | 'whole' | 'none' {
  const range = readRange(header, sizeBytes - 1)
  if (range === undefined) return 'whole'
  return range.first > range.last ? 'none' : range
}

function readRange(header: string | undefined, end: number): ByteRange | undefined {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (from === '') {
    // `-500` are the last 500.
    return to === '' ? undefined : { first: Math.max(0, end + 1 - Number(to)), last: end }
  }
  if (to === '') return { first: Number(from), last: end }
  return Number(to) < Number(from) ? undefined : { first: Number(from), last: Math.min(Number(to), end) }
}
