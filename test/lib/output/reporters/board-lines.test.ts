import { describe, expect, it } from 'vitest'
import { boardLines } from '../../../../src/lib/output/reporters/board-lines.ts'
import { createHostBoard } from '../../../../src/lib/output/reporters/host-board.ts'
import { createTheme } from '../../../../src/lib/output/terminal.ts'
import type { ProgressEvent } from '../../../../src/lib/progress/progress-event.ts'

const theme = await createTheme({ isTty: true, columns: 80, env: { NO_COLOR: '1' } })

const moving = (text: string): string => `* ${text}`

const started = (subject: string, step = 'install'): ProgressEvent => ({ type: 'started', subject, step })
const finished = (
  subject: string,
  outcome: 'done' | 'failed' | 'unchanged' = 'done',
  step = 'install',
): ProgressEvent => ({ type: 'finished', subject, step, outcome })
const wave = (hosts: readonly string[], number = 1, count = 1): ProgressEvent => ({
  ...{ type: 'wave', step: 'install', number, count, hosts },
})

/** What is shown after these events, each a second after the other. */
function shown(events: readonly ProgressEvent[], size: { columns?: number; lines?: number } = {}): string[] {
  const board = createHostBoard()
  events.forEach((event, at) => board.hear(event, at * 1000))
  const canvas = { columns: 60, lines: 10, ...size, nowMs: events.length * 1000, theme, moving }
  return boardLines(board, canvas)
}

describe('the board of a run', () => {
  it('has one line a host: its state, what it does, and for how long', () => {
    const events = [
      wave(['web1', 'database2', 'web3']),
      started('web1'),
      started('web1', 'copy'),
      started('database2'),
      finished('database2', 'failed'),
    ]
    expect(shown(events)).toEqual([
      '* install: 1 of 3 done, 1 failed  5s',
      '  running   web1       copy  4s',
      '  failed    database2  1s',
      '  waiting   web3',
    ])
  })

  it('says which wave is running, and goes on counting', () => {
    const events = [wave(['a'], 1, 3), started('a'), finished('a'), wave(['b', 'c'], 2, 3), started('b')]
    expect(shown(events)[0]).toBe('* install: wave 2 of 3, 1 of 3 done  5s')
  })

  it('goes back to the whole when a part of it is done, whatever became of the part', () => {
    const events = [wave(['a', 'b']), started('a'), started('a', 'copy'), finished('a', 'failed', 'copy')]
    expect(shown(events)[1]).toBe('  running   a  install  3s')
  })

  it('folds hosts by state when there are more of them than lines, and shows what runs longest', () => {
    const names = Array.from({ length: 20 }, (_, at) => `web${String(at + 1).padStart(2, '0')}`)
    const events = [
      wave(names),
      ...names.slice(0, 12).map((name) => started(name)),
      ...names.slice(0, 5).map((name) => finished(name)),
      finished('web06', 'failed'),
      finished('web07', 'unchanged'),
    ]
    expect(shown(events, { lines: 8 })).toEqual([
      '* install: 7 of 20 done, 1 failed  20s',
      '  running   web08  install  12s',
      '  running   web09  install  11s',
      '  running   web[10-12] (3)',
      '  failed    web06 (1)',
      '  ok        web[01-05] (5)',
      '  unchanged web07 (1)',
      '  waiting   web[13-20] (8)',
    ])
  })

  it('fits into every size', () => {
    const names = Array.from({ length: 300 }, (_, at) => `host-with-a-long-name-${at * 3}.example.com`)
    const events = [wave(names, 2, 3), ...names.slice(0, 40).map((name) => started(name, 'x'.repeat(90)))]
    for (const columns of [1, 5, 20, 40, 80, 200])
      for (const lines of [1, 2, 3, 5, 24, 400]) {
        const all = shown(events, { columns, lines })
        expect(all.length).toBeLessThanOrEqual(lines)
        expect(
          all.every((line) => line.length <= Math.max(columns, 30)),
          `${columns}`,
        ).toBe(true)
      }
  })

  it('is one line for one host, and for what is no host', () => {
    expect(shown([wave(['web1']), started('web1'), started('web1', 'copy')])).toEqual(['* web1: copy  2s'])
    expect(shown([started('console', 'log in')])).toEqual(['* console: log in  1s'])
    expect(shown([started('console', 'log in'), finished('console', 'done', 'log in')])).toEqual([])
    expect(shown([started('a', 'x'), started('b', 'x')], { lines: 1 })).toEqual(['* a: x (+1 more)  2s'])
  })

  it('lets no host forge a line or move the cursor', () => {
    const evil = 'a\u001b[2J\nb'
    expect(shown([wave([evil, 'c']), started(evil, 'x\u001b[A\ny')]).join()).not.toMatch(/[\n\u001b]/)
  })

  it('folds ten thousand hosts quickly enough to be drawn ten times a second', () => {
    const board = createHostBoard()
    const names = Array.from({ length: 10_000 }, (_, at) => `web${at}`)
    board.hear(wave(names), 0)
    for (const name of names.slice(0, 400)) board.hear(finished(name), 1)
    for (const name of names.slice(0, 50)) board.hear(started(name), 1)
    const before = process.cpuUsage()
    for (let at = 0; at < 10; at += 1) boardLines(board, { columns: 80, lines: 20, nowMs: at, theme, moving })
    expect(process.cpuUsage(before).user / 10_000).toBeLessThan(50)
  })
})
