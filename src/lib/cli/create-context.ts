import { systemClock } from '../async/clock.ts'
import { createAsker } from '../output/asker.ts'
import type { Verbosity } from '../output/reporters/line-reporter.ts'
import type { Reporter } from '../progress/reporter.ts'
import type { CommandContext, ContextFlags } from './context.ts'
import type { RunWorld } from './run-world.ts'

/** Builds what a command's action leans on. The one place that wires the library to the process. */
export async function createContext(flags: ContextFlags, world: RunWorld): Promise<CommandContext> {
  const { interruption, window } = world
  if (flags.timeout !== undefined) interruption.setDeadline(flags.timeout)
  const interactive = world.interactive && !flags['no-input']
  const shown = await window.createReporter(verbosityOf(flags))
  return {
    signal: interruption.signal,
    reporter: await withLogFile(shown, flags['log-file']),
    ask: createAsker({
      interactive,
      signal: interruption.signal,
      onInterrupt: interruption.interrupt,
      during: (question) => window.during(question),
    }),
    interactive,
    clock: systemClock,
    atEnd: world.atEnd,
    environment: world.environment,
    version: world.version,
    commands: world.commands,
    print: (text) => window.print(text),
  }
}

function verbosityOf(flags: ContextFlags): Verbosity {
  if (flags.quiet) return 'quiet'
  return flags.verbose ? 'verbose' : 'normal'
}

async function withLogFile(shown: Reporter, file: string | undefined): Promise<Reporter> {
  if (file === undefined) return shown
  const { createLogFileReporter } = await import('./log-file-reporter.ts')
  return createLogFileReporter({ file, shown })
}
