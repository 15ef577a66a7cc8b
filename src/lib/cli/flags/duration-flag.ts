import { Flags } from '@oclif/core'
import { parseGoDuration } from '../../../contract/go-duration.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** Parses a duration as Go writes it (`90s`, `1h30m`), with days before it or as bare seconds, into milliseconds. */
export function parseDurationMs(text: string): number {
  const total = parseGoDuration(withoutDays(text))
  if (total.ok && total.value > 0) return total.value
  throw new ApoctlError(['APO-INPUT-VALUE', `"${text}" is no duration`], {
    hints: ['Write it like 90s, 10m or 1h30m.'],
  })
}

/** Go knows neither days, for not all are as long, nor numbers alone. People type both. */
function withoutDays(text: string): string {
  if (/^\d+(?:\.\d+)?$/.test(text)) return `${text}s`
  const [, days, rest] = /^(\d+(?:\.\d+)?)d(.*)$/.exec(text) ?? []
  return days === undefined ? text : `${Number(days) * 24}h${rest ?? ''}`
}

/** A flag that takes a length of time; its value is in milliseconds. */
export const durationFlag = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: (text) => Promise.resolve(parseDurationMs(text)),
})
