import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLiveArea } from '../../../../src/lib/output/reporters/live-area.ts'
import { VirtualScreen } from './virtual-screen.ts'

const size = { columns: 20, rows: 30 }

function area() {
  const screen = new VirtualScreen(size)
  screen.write('$ apoctl\n')
  screen.written.length = 0
  return { screen, live: createLiveArea(screen) }
}

describe('live lines', () => {
  it('change in place, under what was there', () => {
    const { screen, live } = area()
    live.paint(['one', 'two', 'three'])
    live.paint(['one', 'second', 'three', 'four'])
    expect(screen.text()).toEqual(['$ apoctl', 'one', 'second', 'three', 'four'])
    live.paint(['1'])
    expect(screen.text()).toEqual(['$ apoctl', '1'])
    live.clear()
    expect(screen.text()).toEqual(['$ apoctl'])
  })

  it('write nothing but what is different, and each change at once', () => {
    const { screen, live } = area()
    live.paint(['head 1', 'a long line', 'another one'])
    screen.written.length = 0
    live.paint(['head 1', 'a long line', 'another one'])
    expect(screen.written).toEqual([])
    live.paint(['head 2', 'a long line', 'another one'])
    expect(screen.written).toHaveLength(1)
    expect(screen.written.join()).toContain('head 2')
    expect(screen.written.join()).not.toContain('line')
  })

  it('let what stays be printed above them, however long it is', () => {
    const { screen, live } = area()
    live.paint(['live'])
    live.print('short')
    live.print('a warning that is longer than a line is wide')
    live.paint(['alive'])
    expect(screen.text()).toEqual([
      ...['$ apoctl', 'short', 'a warning that is lo', 'nger than a line is', 'wide', 'alive'],
    ])
    expect(screen.wraps()).toBe(true)
  })

  it('are gone from a terminal that became narrower, and come back', () => {
    const { screen, live } = area()
    live.paint(['a line of some width', 'short'])
    screen.resize(7)
    expect(screen.text()).toEqual(['$ apoct', 'l'])
    live.paint(['narrow'])
    expect(screen.text()).toEqual(['$ apoct', 'l', 'narrow'])
    screen.resize(20)
    live.paint(['wide again'])
    expect(screen.text().at(-1)).toBe('wide again')
  })

  it('leave the screen as if they had been written once, whatever came before', () => {
    const lines = fc.array(fc.constantFrom('', 'a', 'bb', 'a whole line of text', 'other'), { maxLength: 8 })
    const step = fc.oneof(
      lines.map((shown) => ({ shown })),
      fc.constantFrom('said', 'said at some more length').map((said) => ({ said })),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), lines, (steps, last) => {
        const { screen, live } = area()
        const said: string[] = []
        for (const one of steps)
          if ('said' in one) {
            live.print(one.said)
            said.push(...(one.said.match(/.{1,20}/g) ?? []))
          } else live.paint(one.shown)
        live.paint(last)
        const wanted = ['$ apoctl', ...said, ...last].map((line) => line.trimEnd())
        while (wanted.at(-1) === '') wanted.pop()
        expect(screen.text()).toEqual(wanted)
      }),
    )
  })
})
