import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { quote, quoteAll } from '../../../../src/lib/platforms/linux/quote.ts'
import { needs } from '../../../helpers/sshd.ts'

/** The same words every time, so that a failure can be looked at again. */
function randomWords(count: number, seed: number): string[] {
  let state = seed
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
  const alphabet = [
    'a',
    'Z',
    '0',
    ' ',
    '\n',
    '\t',
    '\r',
    "'",
    '"',
    '\\',
    '$',
    '`',
    '!',
    '*',
    '?',
    '[',
    ']',
    '{',
    '}',
    '~',
  ]
  const letters = [
    ...alphabet,
    '#',
    '&',
    '|',
    ';',
    '<',
    '>',
    '(',
    ')',
    '=',
    '%',
    '^',
    '-',
    '.',
    '/',
    'é',
    '…',
    '😀',
    '\u0001',
    '\u007f',
  ]
  return Array.from({ length: count }, () =>
    Array.from({ length: next(12) }, () => letters[next(letters.length)]).join(''),
  )
}

describe('quoting for a POSIX shell', () => {
  it.each([['sh'], ['dash'], ['bash'], ['busybox', 'sh']])(
    'gives %s %s back every word as it was',
    (...shell) => {
      needs(shell[0])
      const words = randomWords(400, 7)
      const [program = '', ...args] = shell
      const printed = execFileSync(program, [...args, '-c', `printf '%s\\0' ${quoteAll(words)}`], {
        encoding: 'utf8',
      })
      expect(printed.split('\0').slice(0, -1)).toEqual(words)
    },
  )

  it('leaves plain words readable', () => {
    expect(quoteAll(['systemctl', 'start', '/etc/a-b_c.d', 'x=1'])).toBe('systemctl start /etc/a-b_c.d x=1')
    expect(quote('')).toBe("''")
  })

  it('refuses a NUL, which no shell can hold', () => {
    expect(() => quote('a\0b')).toThrow(RangeError)
  })
})
