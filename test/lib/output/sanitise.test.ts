import { describe, expect, it } from 'vitest'
import { sanitise, sanitiseLine } from '../../../src/lib/output/sanitise.ts'

const ESC = '\u001b'

describe('sanitise', () => {
  it.each([
    ['colours', `${ESC}[1;31mred${ESC}[0m`, 'red'],
    ['a cursor that goes up', `ok${ESC}[3A${ESC}[2Kforged`, 'okforged'],
    ['a private CSI', `${ESC}[?1049hx`, 'x'],
    ['an 8-bit CSI', '\u009b31mx', 'x'],
    ['a window title (OSC, BEL)', `${ESC}]0;owned\u0007x`, 'x'],
    ['a window title (OSC, ST)', `${ESC}]0;owned${ESC}\\x`, 'x'],
    ['an 8-bit OSC', '\u009d0;owned\u009cx', 'x'],
    ['a hyperlink', `${ESC}]8;;https://evil${ESC}\\text${ESC}]8;;${ESC}\\`, 'text'],
    ['a clipboard write', `${ESC}]52;c;ZXZpbA==\u0007x`, 'x'],
    ['a DCS', `${ESC}P$q"p${ESC}\\x`, 'x'],
    ['an APC and a PM', `${ESC}_a${ESC}\\${ESC}^b${ESC}\\x`, 'x'],
    ['a reset', `${ESC}cx`, 'x'],
    ['a charset', `${ESC}(0x`, 'x'],
    ['a string that never ends', `x${ESC}]0;owned`, 'x'],
    ['a lone escape at the end', `x${ESC}`, 'x'],
    ['bell, backspace, DEL, NUL', 'a\u0007\bb\u007f\0', 'ab'],
    ['a carriage return that overwrites', 'failed\rok', 'failedok'],
    ['Windows line ends', 'a\r\nb', 'a\nb'],
    ['reordered text', 'a\u202ecba\u202c\u2066\u2069\u200f\u061cb', 'acbab'],
  ])('takes out %s', (_what, text, expected) => expect(sanitise(text)).toBe(expected))

  it('leaves tabs, newlines and every script alone', () => {
    const text = 'tab\tline\nñandú 東京 עברית 👍'
    expect(sanitise(text)).toBe(text)
  })

  it('lets no control character through, whatever the text is', () => {
    // A fixed sequence, so that a failure can be repeated.
    let seed = 20_211_103
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return seed % below
    }
    const parts = [
      ESC,
      `${ESC}[`,
      `${ESC}]`,
      `${ESC}P`,
      '\u009b',
      '\u009d',
      '\u0090',
      ';',
      '0',
      'm',
      '\\',
      '?',
      'H',
    ]
    for (let round = 0; round < 5000; round += 1) {
      const text = Array.from({ length: 12 }, () =>
        random(2) === 0 ? (parts[random(parts.length)] ?? '') : String.fromCodePoint(random(0x2100)),
      ).join('')
      const clean = sanitise(text)
      expect(clean, JSON.stringify(text)).not.toMatch(
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]/,
      )
      expect(sanitise(clean)).toBe(clean)
    }
  })
})

describe('sanitiseLine', () => {
  it('does not let a host forge a second line', () => {
    expect(sanitiseLine('refused\n  web2: install: ok\u2028web3: ok\r\n')).toBe(
      'refused web2: install: ok web3: ok',
    )
  })
})
