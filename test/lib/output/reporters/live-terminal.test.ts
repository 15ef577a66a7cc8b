import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTerminal, type Size } from '../../../helpers/tmux.ts'
import { temporaryFolder } from '../../../helpers/temporary-folder.ts'

const root = join(import.meta.dirname, '../../../..')
const tsx = join(root, 'node_modules/.bin/tsx')

async function withRun(
  size: Size,
  act: (run: {
    readonly terminal: Awaited<ReturnType<typeof openTerminal>>
    readonly end: () => void
  }) => Promise<void>,
): Promise<void> {
  const stopFile = join(temporaryFolder('live'), 'stop')
  const command = `echo earlier; '${tsx}' '${join(import.meta.dirname, 'live-run.ts')}' '${stopFile}'`
  const terminal = await openTerminal(command, size)
  try {
    await act({ terminal, end: () => writeFileSync(stopFile, '') })
  } finally {
    await terminal.close()
  }
}

const isHead = (line: string): boolean => /^\S install/.test(line)
const heads = (screen: readonly string[]): number => screen.filter(isHead).length
const hasEnded = (screen: readonly string[]): boolean => screen.includes('the report')
const isLive = (screen: readonly string[]): boolean => heads(screen) > 0

describe('live lines on a real terminal', { timeout: 120_000 }, () => {
  it.each([
    { columns: 120, rows: 50 },
    { columns: 80, rows: 24 },
    { columns: 40, rows: 10 },
    { columns: 24, rows: 4 },
  ])('fit into $columns x $rows, change in place, and leave nothing behind', async (size) => {
    await withRun(size, async ({ terminal, end }) => {
      const first = await terminal.until(isLive)
      const later = await terminal.until((screen) => isLive(screen) && screen.join() !== first.join())
      for (const screen of [first, later]) {
        expect(heads(screen), screen.join('\n')).toBe(1)
        expect(screen[0]).toBe('earlier')
        expect(screen.findIndex(isHead)).toBe(1)
      }
      end()
      await terminal.until(hasEnded)
      expect(await terminal.everything()).toEqual(
        ['earlier', 'warning: web01: the end is near', 'the report']
          .flatMap((line) => line.match(new RegExp(`.{1,${size.columns}}`, 'g')) ?? [])
          .map((line) => line.trimEnd()),
      )
    })
  })

  it('follow the terminal when its size changes', async () => {
    await withRun({ columns: 100, rows: 30 }, async ({ terminal, end }) => {
      await terminal.until(isLive)
      for (const size of [
        { columns: 50, rows: 30 },
        { columns: 130, rows: 40 },
        { columns: 30, rows: 40 },
        { columns: 80, rows: 24 },
      ]) {
        await terminal.resize(size)
        const screen = await terminal.until((shown) => heads(shown) === 1)
        expect(
          screen.filter((line) => /^ {2}waiting|^ {2}ok/.test(line)).length,
          screen.join('\n'),
        ).toBeLessThanOrEqual(40)
      }
      end()
      const last = await terminal.until(hasEnded)
      expect(last.filter((line) => isHead(line) || /^ {2}(running|ok|waiting)/.test(line))).toEqual([])
    })
  })
})
