import { Flags } from '@oclif/core'
import { ApoctlError } from '../../errors/apoctl-error.ts'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Parses `90s`, `1h30m`, `500ms` or a bare number of seconds into milliseconds. */
export function parseDurationMs(text: string): number {
  const parts = /^\d+(?:\.\d+)?$/.test(text)
    ? [`${text}s`]
    : (text.match(/\d+(?:\.\d+)?(?:ms|s|m|h|d)/g) ?? [])
  const total = parts.reduce((sum, part) => {
    const [, amount, unit] = /^([\d.]+)(\D+)$/.exec(part) ?? []
    return sum + Number(amount) * (unitMs[unit ?? ''] ?? Number.NaN)
  }, 0)
  const whole = parts.join('').length === text.length + (/\D$/.test(text) ? 0 : 1)
  if (!whole || !(total > 0)) {
    throw new ApoctlError(['APO-INPUT-VALUE', `"${text}" is no duration`], {
      hints: ['Write it like 90s, 10m or 1h30m.'],
    })
  }
  return total
}

/** A flag that takes a length of time; its value is in milliseconds. */
export const durationFlag = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: (text) => Promise.resolve(parseDurationMs(text)),
})
