import { describe, expect, it } from 'vitest'
import { parseDurationMs } from '../../../../src/lib/cli/flags/duration-flag.ts'

describe('parseDurationMs', () => {
  it.each([
    ['90s', 90_000],
    ['500ms', 500],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['1d12h', 129_600_000],
    ['45', 45_000],
    ['0.5', 500],
    ['1m500ms', 60_500],
  ])('reads %s', (text, ms) => expect(parseDurationMs(text)).toBe(ms))

  it.each([
    '',
    '0',
    '0s',
    '-5s',
    's',
    'abc',
    '5x',
    '5s!',
    '5 s',
    '1h 30m',
    '1..5s',
    '5sm',
    'NaN',
    'Infinity',
    '1e3',
  ])('refuses "%s"', (text) => {
    expect(() => parseDurationMs(text)).toThrow(`"${text}" is no duration`)
  })
})
