import type { ProgressEvent } from '../../progress/progress-event.ts'
import type { Reporter } from '../../progress/reporter.ts'
import { sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'

export type Verbosity = 'quiet' | 'normal' | 'verbose'

export interface LineReporterOptions {
  readonly verbosity: Verbosity
  readonly write: (text: string) => void
}

const outcomeWords = { done: 'ok', unchanged: 'unchanged', failed: 'failed', skipped: 'skipped' } as const

/** One plain line an event: for pipes, logs and CI. Warnings are said even when quiet. */
export function createLineReporter(options: LineReporterOptions, theme: Theme): Reporter {
  return {
    report(event) {
      const line = describeEvent(event, theme)
      if (line !== undefined && isSaid(event, options.verbosity)) options.write(`${line}\n`)
    },
  }
}

export function isSaid(event: ProgressEvent, verbosity: Verbosity): boolean {
  if (event.type === 'warning' || event.type === 'trace') return true
  if (verbosity === 'quiet') return false
  const isDetail =
    event.type === 'debug' || (event.type === 'finished' && event.isPart && event.outcome !== 'failed')
  return !isDetail || verbosity === 'verbose'
}

/** The sentence for an event; none for the start of a step, which says nothing a finish does not. */
export function describeEvent(event: ProgressEvent, theme: Theme): string | undefined {
  const subject = sanitiseLine(event.subject)
  switch (event.type) {
    case 'started':
      return undefined
    case 'finished': {
      const paint = event.outcome === 'failed' ? theme.bad : event.outcome === 'done' ? theme.good : theme.dim
      return `${subject}: ${sanitiseLine(event.step)}: ${paint(outcomeWords[event.outcome])}`
    }
    case 'note':
      return `${subject}: ${sanitiseLine(event.text)}`
    case 'warning':
      return `${theme.warn('warning:')} ${subject}: ${sanitiseLine(event.text)}`
    case 'debug':
    case 'trace':
      return theme.dim(`${subject}: ${sanitiseLine(event.text)}`)
  }
}
