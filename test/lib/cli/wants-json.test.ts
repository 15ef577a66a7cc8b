import { describe, expect, it } from 'vitest'
import { wantsJson } from '../../../src/lib/cli/wants-json.ts'

describe('wantsJson', () => {
  it.each([
    '--json',
    '-o json',
    '-ojson',
    '-o=json',
    '--output json',
    '--output=json',
    'x -q --json',
    '-qo json',
  ])('hears it in "%s"', (line) => expect(wantsJson(line.split(' '))).toBe(true))

  it.each(['', 'json', '-o yaml', '-o jsonl', '--output=jsonl', '-- --json', '--host json', '--json-ish'])(
    'does not hear it in "%s"',
    (line) => expect(wantsJson(line.split(' '))).toBe(false),
  )
})
