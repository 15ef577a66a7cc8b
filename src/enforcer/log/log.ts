import { inspect } from 'node:util'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import type { Redactor } from '../../lib/secrets/redactor.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'
export type LogFormat = 'human' | 'json'
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** What the enforcer says, one line each. `event` says what happened, the fields say to what. */
export interface Log {
  readonly trace: (event: string, fields?: LogFields) => void
  readonly debug: (event: string, fields?: LogFields) => void
  readonly info: (event: string, fields?: LogFields) => void
  readonly warn: (event: string, fields?: LogFields) => void
  readonly error: (event: string, fields?: LogFields) => void
}

export interface LogOptions {
  readonly level: LogLevel
  readonly format: LogFormat
  /** Puts the priority before each line the way the journal reads it: `<4>`. */
  readonly journal: boolean
}

export interface LogWorld {
  /** Writes one line; the line break is the writer's. */
  readonly write: (line: string) => void
  readonly nowMs: () => number
  /** Every line goes through it: what is secret stays so even where somebody forgot. */
  readonly redactor: Redactor
}

const ranks: Readonly<Record<LogLevel, number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4 }
const priorities: Readonly<Record<LogLevel, number>> = { trace: 7, debug: 7, info: 6, warn: 4, error: 3 }
/** The rest of a runaway message helps nobody. */
const longestLine = 8192

export function createLog(options: LogOptions, world: LogWorld): Log {
  const say =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      if (ranks[level] < ranks[options.level]) return
      const time = new Date(world.nowMs()).toISOString()
      const entry = { time, level, event, ...fields }
      const line = options.format === 'json' ? JSON.stringify(entry) : toHuman(entry, options.journal)
      const clean = world.redactor.redact(line).replace(/\s*[\r\n]+\s*/g, ' | ')
      world.write((options.journal ? `<${priorities[level]}>` : '') + clean.slice(0, longestLine))
    }
  return {
    trace: say('trace'),
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
  }
}

/** The journal keeps time and priority itself. */
function toHuman(
  entry: { readonly time: string; readonly level: LogLevel; readonly event: string },
  journal: boolean,
): string {
  const { time, level, event, ...fields } = entry
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${quoteIfNeeded(String(value))}`)
  const start = journal ? [event] : [time, level.toUpperCase().padEnd(5), event]
  return [...start, ...rest].join(' ')
}

function quoteIfNeeded(text: string): string {
  return /^[\w./:@$+=,-]+$/.test(text) ? text : JSON.stringify(text)
}

/** An error as fields of a line: its code and sentence, or, for what we do not understand, where it came from. */
export function errorFields(error: unknown): LogFields {
  if (error instanceof ApoctlError) return { code: error.code, reason: error.message }
  if (error instanceof Error && 'code' in error) return { code: String(error.code), reason: error.message }
  return { code: 'bug', reason: error instanceof Error ? (error.stack ?? error.message) : inspect(error) }
}
