import { parsed, problem, type Parsed } from './parsed.ts'

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5, micro sign
  μs: 1e-3, // U+03BC, Greek letter mu
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
const term = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

/** Reads a duration as Go writes it (`24h`, `-1h30m`, `1.5s`, `0`). The value is in milliseconds. */
export function parseGoDuration(text: string): Parsed<number> {
  const refused = problem(`'${text}' is not a duration such as 24h, 30m or 1h30m`)
  const sign = text.startsWith('-') ? -1 : 1
  const body = text.replace(/^[+-]/, '')
  if (body === '0') return parsed(0)
  if (body === '') return refused
  let total = 0
  term.lastIndex = 0
  while (term.lastIndex < body.length) {
    const match = term.exec(body)
    if (match === null) return refused
    total += Number(match[1]) * (unitMs[match[2] ?? ''] ?? Number.NaN)
  }
  // Go counts nanoseconds in 64 bits: about 292 years.
  return total < 9.2e12 ? parsed(sign * total) : refused
}

/** Writes milliseconds the way Go would: `1h30m0s`, `500ms`. */
export function formatGoDuration(durationMs: number): string {
  if (durationMs === 0) return '0s'
  const sign = durationMs < 0 ? '-' : ''
  const ms = Math.abs(durationMs)
  if (ms < 1000) return ms >= 1 ? `${sign}${trimmed(ms)}ms` : `${sign}${trimmed(ms * 1000)}µs`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor((ms % 3_600_000) / 60_000)
  const seconds = trimmed((ms % 60_000) / 1000)
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(9)))
}
