import { describe, expect, it } from 'vitest'
import {
  createTheme,
  wantsColour,
  wantsMotion,
  type TerminalFacts,
} from '../../../src/lib/output/terminal.ts'

const tty = (env: TerminalFacts['env'] = {}): TerminalFacts => ({
  isTty: true,
  columns: 100,
  env: { TERM: 'xterm-256color', ...env },
})
const pipe = (env: TerminalFacts['env'] = {}): TerminalFacts => ({ isTty: false, columns: undefined, env })

describe('wantsColour', () => {
  it.each([
    ['a terminal', tty(), true],
    ['a pipe', pipe(), false],
    ['NO_COLOR', tty({ NO_COLOR: '1' }), false],
    ['an empty NO_COLOR', tty({ NO_COLOR: '' }), true],
    ['FORCE_COLOR on a pipe', pipe({ FORCE_COLOR: '1' }), true],
    ['FORCE_COLOR=0', tty({ FORCE_COLOR: '0' }), false],
    ['NO_COLOR against FORCE_COLOR', pipe({ NO_COLOR: '1', FORCE_COLOR: '1' }), false],
    ['TERM=dumb', tty({ TERM: 'dumb' }), false],
    ['CI on a terminal', tty({ CI: 'true' }), true],
  ])('decides for %s', (_what, facts, expected) => expect(wantsColour(facts)).toBe(expected))
})

describe('wantsMotion', () => {
  it.each([
    ['a terminal', tty(), true],
    ['a pipe', pipe(), false],
    ['FORCE_COLOR on a pipe', pipe({ FORCE_COLOR: '1' }), false],
    ['TERM=dumb', tty({ TERM: 'dumb' }), false],
    ['CI', tty({ CI: 'true' }), false],
    ['CI=false', tty({ CI: 'false' }), true],
  ])('decides for %s', (_what, facts, expected) => expect(wantsMotion(facts)).toBe(expected))
})

describe('createTheme', () => {
  it('paints on a terminal', async () => {
    expect((await createTheme(tty())).bad('no')).toBe('\u001b[31mno\u001b[39m')
  })

  it('paints nothing and wraps nothing on a pipe', async () => {
    const theme = await createTheme(pipe())
    expect(
      [theme.bold, theme.dim, theme.good, theme.bad, theme.warn, theme.accent].map((p) => p('x')),
    ).toEqual(Array(6).fill('x'))
    expect(theme).toMatchObject({ rich: false })
    expect(theme.width).toBeGreaterThan(1000)
  })

  it('knows the width of the terminal', async () => {
    expect(await createTheme(tty())).toMatchObject({ width: 100, rich: true })
  })
})
