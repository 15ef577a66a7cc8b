import { parsed, problem, type Parsed } from './parsed.ts'

/** A port, or a range with both ends included. */
export interface PortRange {
  readonly from: number
  readonly to: number
}

/** Reads `443` or `1024:2048`. */
export function parsePortRange(text: string): Parsed<PortRange> {
  const match = /^(\d{1,6})(?::(\d{1,6}))?$/.exec(text)
  if (match === null) return problem(`'${text}' must be a port (xxx) or port range (xxx:yyy)`)
  const from = Number(match[1])
  const to = match[2] === undefined ? from : Number(match[2])
  if (from > 65_535 || to > 65_535) return problem(`'${text}' must be between 0 and 65535`)
  if (match[2] !== undefined && from >= to) {
    return problem(`'${text}' left bound is greater than or equal to right bound`)
  }
  return parsed({ from, to })
}

export function overlap(one: PortRange, other: PortRange): boolean {
  return one.from <= other.to && other.from <= one.to
}
