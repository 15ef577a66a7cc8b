import type { ProgressEvent } from '../../progress/progress-event.ts'
import type { Reporter } from '../../progress/reporter.ts'
import { sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'
import { describeEvent, isSaid, type LineReporterOptions } from './line-reporter.ts'

export interface LiveReporter extends Reporter {
  /** Takes the live line away, so that what follows starts on a clean one. */
  stop(): void
}

interface Spinner {
  text: string
  start(): unknown
  stop(): unknown
  readonly isSpinning: boolean
}

/**
 * One line at the bottom that says what is going on right now; what must stay readable (warnings,
 * notes, failures) is printed above it.
 */
export async function createLiveReporter(options: LineReporterOptions, theme: Theme): Promise<LiveReporter> {
  const { default: ora } = await import('ora')
  const spinner: Spinner = ora({ stream: process.stderr, discardStdin: false })
  const running = new Map<string, string>()
  // Stopping a spinner that does not spin still writes to the terminal.
  const clear = (): void => {
    if (spinner.isSpinning) spinner.stop()
  }
  const redraw = (): void => {
    if (running.size === 0) {
      clear()
      return
    }
    spinner.text = liveLine(running, theme)
    if (!spinner.isSpinning) spinner.start()
  }
  return {
    report(event) {
      track(running, event)
      const stays = staysReadable(event, options)
      if (stays) {
        const line = describeEvent(event, theme)
        clear()
        if (line !== undefined) options.write(`${line}\n`)
      }
      if (options.verbosity !== 'quiet') redraw()
    },
    stop: clear,
  }
}

function staysReadable(event: ProgressEvent, options: LineReporterOptions): boolean {
  if (!isSaid(event, options.verbosity)) return false
  return event.type !== 'started' && (event.type !== 'finished' || event.outcome !== 'unchanged')
}

function track(running: Map<string, string>, event: ProgressEvent): void {
  if (event.type === 'started') running.set(event.subject, event.step)
  if (event.type === 'finished') running.delete(event.subject)
}

/** `web1: copying the runtime layer (+9 more)`, cut to the width of the terminal. */
function liveLine(running: ReadonlyMap<string, string>, theme: Theme): string {
  const [first] = running
  if (first === undefined) return ''
  const more = running.size > 1 ? ` (+${running.size - 1} more)` : ''
  const text = `${sanitiseLine(first[0])}: ${sanitiseLine(first[1])}`
  return text.slice(0, Math.max(10, theme.width - more.length - 4)) + more
}
