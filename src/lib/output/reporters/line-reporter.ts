import { foldNames } from '../../progress/fold-names.ts'
import type { ProgressEvent } from '../../progress/progress-event.ts'
import type { Reporter } from '../../progress/reporter.ts'
import { sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'

export type Verbosity = 'quiet' | 'normal' | 'verbose'

export interface LineReporterOptions {
  readonly verbosity: Verbosity
  readonly write: (text: string) => void
  /** The time, RFC 3339; lines about hosts of a fleet begin with it. None where a person looks on. */
  readonly timestamp?: (() => string) | undefined
}

const outcomeWords = { done: 'ok', unchanged: 'unchanged', failed: 'failed', skipped: 'skipped' } as const

/** One plain line an event: for pipes, logs and CI. Warnings are said even when quiet. */
export function createLineReporter(options: LineReporterOptions, theme: Theme): Reporter {
  let hasHosts = false
  return {
    report(event) {
      hasHosts ||= event.type === 'wave'
      const line = describeEvent(event, theme)
      if (line === undefined || !isSaid(event, options.verbosity)) return
      const time = hasHosts ? options.timestamp?.() : undefined
      options.write(time === undefined ? `${line}\n` : `${time} ${line}\n`)
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
  if (event.type === 'wave') return describeWave(event)
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

/** Nothing is said of waves where there is one. */
function describeWave(wave: Extract<ProgressEvent, { type: 'wave' }>): string | undefined {
  if (wave.count === 1) return undefined
  const names = foldNames(wave.hosts.map(sanitiseLine))
  return `wave ${wave.number} of ${wave.count}: ${sanitiseLine(wave.step)}: ${names} (${wave.hosts.length})`
}
