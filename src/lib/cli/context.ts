import type { Clock } from '../async/clock.ts'
import type { Asker } from '../output/asker.ts'
import type { Reporter } from '../progress/reporter.ts'
import type { LoadableCommands } from './complete-line.ts'
import type { RunEnvironment } from './run-environment.ts'

/** The flags that shape the world an action works in; every command has them. */
export interface ContextFlags {
  readonly quiet: boolean
  readonly verbose: boolean
  readonly 'no-input': boolean
  readonly 'log-file'?: string | undefined
  readonly timeout?: number | undefined
}

/** What an action may lean on. Actions declare the narrow part they need and are handed this. */
export interface CommandContext {
  readonly signal: AbortSignal
  readonly reporter: Reporter
  readonly ask: Asker
  /** True when a person sits at the terminal and may be asked. */
  readonly interactive: boolean
  readonly clock: Clock
  /** Has something done when the run ends, however it ends: a connection closed, a lock released. */
  readonly atEnd: (cleanUp: () => Promise<unknown>) => void
  readonly environment: RunEnvironment
  readonly version: string
  /** Every command there is; a command line is completed from it. */
  readonly commands: LoadableCommands
  /** Prints a plain text on standard output: the result of commands that have no report. */
  readonly print: (text: string) => void
}
