import { parseGoDuration } from '../../contract/go-duration.ts'

/** Infinity when nothing, or zero, is said. */
export function durationMs(text: string): number {
  const duration = parseGoDuration(text)
  return duration.ok && duration.value !== 0 ? duration.value : Number.POSITIVE_INFINITY
}
