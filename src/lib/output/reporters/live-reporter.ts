import type { ProgressEvent } from '../../progress/progress-event.ts'
import type { Reporter } from '../../progress/reporter.ts'
import type { Theme } from '../theme.ts'
import { boardLines } from './board-lines.ts'
import { createHostBoard } from './host-board.ts'
import { describeEvent, isSaid, type LineReporterOptions } from './line-reporter.ts'
import { createLiveArea, type LiveScreen } from './live-area.ts'

export interface LiveReporter extends Reporter {
  /** Takes the live lines away, so that what follows starts on a clean line; they come back with the next event. */
  stop(): void
  /** Keeps the terminal free, for a question, until the function that is given back is called. */
  pause(): () => void
}

export interface LiveReporterOptions extends Pick<LineReporterOptions, 'verbosity'> {
  readonly screen: LiveScreen
  /** A clock that never jumps. */
  readonly nowMs: () => number
}

/** Often enough to look alive, seldom enough to cost nothing. */
const tickMs = 100
/** Above it there shall be room to see what was said. */
const mostLines = 24

/**
 * Lines at the bottom that say what is going on right now: one a host, folded when there are many. What must
 * stay readable (warnings, notes, failures) is printed above them.
 */
export async function createLiveReporter(options: LiveReporterOptions, theme: Theme): Promise<LiveReporter> {
  const { screen, verbosity, nowMs } = options
  const moving = await spinner(theme)
  const board = createHostBoard()
  const area = createLiveArea(screen)
  let timer: NodeJS.Timeout | undefined
  let pauses = 0
  /** What is to be printed once the terminal is free again. */
  const held: string[] = []
  const draw = (): void => {
    if (pauses > 0) return
    // The last column stays free: erasing to the end of a line begins at the column that was written last.
    const columns = screen.columns() - 1
    const lines = Math.max(1, Math.min(mostLines, screen.rows() - 2))
    area.paint(boardLines(board, { columns, lines, nowMs: nowMs(), theme, moving }))
  }
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
    area.clear()
  }
  return {
    report(event) {
      board.hear(event, nowMs())
      const line = staysReadable(event, options) ? describeEvent(event, theme) : undefined
      if (line !== undefined && pauses > 0) held.push(line)
      else if (line !== undefined) area.print(line)
      if (verbosity === 'quiet' || pauses > 0) return
      // It must not keep a run alive that has nothing else to wait for.
      timer ??= setInterval(draw, tickMs).unref()
    },
    stop,
    pause() {
      pauses += 1
      area.clear()
      return () => {
        pauses -= 1
        for (const line of pauses === 0 ? held.splice(0) : []) area.print(line)
      }
    },
  }
}

/** ora knows which frames a terminal can show and when each has its turn; drawing is ours, it draws one line. */
async function spinner(theme: Theme): Promise<(text: string) => string> {
  const { default: ora } = await import('ora')
  const isColoured = theme.accent('.') !== '.'
  const one = ora({ color: isColoured ? 'cyan' : false, isEnabled: false, discardStdin: false })
  return (text) => {
    one.text = text
    return one.frame()
  }
}

function staysReadable(event: ProgressEvent, options: Pick<LineReporterOptions, 'verbosity'>): boolean {
  if (!isSaid(event, options.verbosity)) return false
  if (event.type === 'finished') return event.outcome !== 'unchanged' && event.outcome !== 'done'
  return event.type !== 'started'
}
