import type { Window } from '../output/window.ts'
import type { LoadableCommands } from './complete-line.ts'
import type { Interruption } from './interruption.ts'
import type { RunEnvironment } from './run-environment.ts'
import type { SettingsSources } from './settings.ts'

/** What one run of apoctl stands on; built once by `main`, replaced whole by tests. */
export interface RunWorld {
  readonly environment: RunEnvironment
  readonly window: Window
  readonly interruption: Interruption
  readonly version: string
  /** The command that runs: `enforcer install linux`. */
  readonly command: string
  /** Every command there is; a command line is completed from it. */
  readonly commands: LoadableCommands
  readonly atEnd: (cleanUp: () => Promise<unknown>) => void
  /** True when a person sits at the terminal: both ends of the conversation are one. */
  readonly interactive: boolean
  /** The words of the earlier run that `argv` goes on with; none where it goes on with none. */
  readonly readRunWords: (
    argv: readonly string[],
  ) => Promise<{ readonly words: readonly string[]; readonly source: string }>
  /** Reads the environment and, for commands that talk to a Console, the profile that `argv` selects. */
  readonly readSettings: (argv: readonly string[], withProfile: boolean) => Promise<SettingsSources>
}
