import { ApoctlError } from '../errors/apoctl-error.ts'
import { exitCode, type ExitCode } from '../errors/exit-code.ts'
import { createWindow, type Window } from '../output/window.ts'
import type { ApoctlCommand, FrameworkConfig } from './base-command.ts'
import { resolveCommand, type CommandTable } from './command-table.ts'
import { endProcess, swallowClosedPipe } from './exit.ts'
import { listenForInterruption, stopCode, type Interruption } from './interruption.ts'
import { readRunEnvironment, type RunEnvironment } from './run-environment.ts'
import { readSettings } from './read-settings.ts'
import type { RunWorld } from './run-world.ts'
import { toApoctlError } from './to-apoctl-error.ts'

/** What the entry point knows at build time. */
export interface Program {
  readonly commands: CommandTable
  readonly version: string
  /** Renders a help page; `words` is empty for the first page. */
  readonly help: (words: string) => Promise<string>
}

/** Runs one command line from start to exit code, and ends the process with it. */
export async function main(argv: readonly string[], program: Program): Promise<never> {
  swallowClosedPipe(process.stdout)
  const environment = readRunEnvironment()
  const window = createWindow({
    stdout: streamOf(process.stdout, environment),
    stderr: streamOf(process.stderr, environment),
  })
  return endProcess(await runCommandLine({ argv, environment, window }, program))
}

interface CommandLine {
  readonly argv: readonly string[]
  readonly environment: RunEnvironment
  readonly window: Window
}

/** Never throws: every way to end is an exit code, and what went wrong has been shown. */
async function runCommandLine(line: CommandLine, program: Program): Promise<ExitCode> {
  const resolution = resolveCommand(line.argv, Object.keys(program.commands))
  switch (resolution.type) {
    case 'version':
      line.window.print(
        `apoctl/${program.version} ${process.platform}-${process.arch} node-${process.version}`,
      )
      return exitCode.ok
    case 'help':
      line.window.print(await program.help(resolution.words))
      return exitCode.ok
    case 'unknown':
      await line.window.showError(unknownCommand(resolution), line.argv.includes('--json'))
      return exitCode.usage
    case 'command':
      return runCommand(line, { program, words: resolution.words, rest: resolution.rest })
  }
}

function unknownCommand(resolution: {
  readonly words: string
  readonly meant: readonly string[]
}): ApoctlError {
  const meant = resolution.meant.map((id) => `Did you mean: apoctl ${id}`)
  return new ApoctlError(['APO-USAGE', `"${resolution.words}" is not a command of apoctl`], {
    hints: meant.length > 0 ? meant : ['List the commands: apoctl --help'],
  })
}

type CleanUp = () => Promise<unknown>

interface CommandRun {
  readonly program: Program
  readonly words: string
  readonly rest: readonly string[]
}

async function runCommand(line: CommandLine, run: CommandRun): Promise<ExitCode> {
  const interruption = listenForInterruption((code) => void endProcess(code))
  const cleanUps: CleanUp[] = []
  let command: ApoctlCommand | undefined
  try {
    const { default: CommandClass } = await (run.program.commands[run.words] ?? missing)()
    const { version } = run.program
    const atEnd = (cleanUp: CleanUp): void => void cleanUps.push(cleanUp)
    command = new CommandClass(
      [...run.rest],
      frameworkConfig(worldOf(line, { interruption, version, atEnd })),
    )
    await command.run()
    return command.outcome
  } catch (thrown) {
    return await fail({ thrown, asJson: command?.asJson ?? false }, { line, interruption })
  } finally {
    await Promise.allSettled(cleanUps.map((cleanUp) => cleanUp()))
    interruption.dispose()
    line.window.settle()
  }
}

const missing = (): never => {
  throw new Error('the command table has no such command')
}

async function fail(
  failure: { readonly thrown: unknown; readonly asJson: boolean },
  run: { readonly line: CommandLine; readonly interruption: Interruption },
): Promise<ExitCode> {
  const { window, argv } = run.line
  const error = toApoctlError(failure.thrown)
  const reason = run.interruption.reason()
  if (reason !== undefined && !(error instanceof ApoctlError && reason === 'timeout')) {
    await window.showStopped(reason)
    return stopCode(reason)
  }
  if (!(error instanceof ApoctlError)) {
    await window.showBug(error)
    return exitCode.bug
  }
  await window.showError(error, failure.asJson)
  if (argv.includes('--verbose')) window.showCause(error)
  return error.exitCode
}

function worldOf(line: CommandLine, run: Pick<RunWorld, 'interruption' | 'version' | 'atEnd'>): RunWorld {
  const { environment, window } = line
  return {
    environment,
    window,
    ...run,
    interactive: process.stdin.isTTY && process.stderr.isTTY,
    readSettings: (argv, withProfile) => readSettings({ argv, withProfile }, environment),
  }
}

/**
 * The part of the framework's configuration that a command and its flag parser really use. The
 * whole one scans plugins and user settings that apoctl does not have, and costs as much as Node
 * itself takes to start.
 */
function frameworkConfig(world: RunWorld): FrameworkConfig {
  const config = {
    world,
    bin: 'apoctl',
    name: 'apoctl',
    version: world.version,
    topicSeparator: ' ',
    plugins: new Map(),
    scopedEnvVar: () => undefined,
    scopedEnvVarTrue: () => false,
    runHook: () => Promise.resolve({ successes: [], failures: [] }),
  }
  return config as unknown as FrameworkConfig
}

function streamOf(stream: NodeJS.WriteStream, environment: RunEnvironment) {
  return {
    isTty: stream.isTTY,
    columns: stream.columns,
    env: environment.env,
    write: (text: string): void => void stream.write(text),
  }
}
