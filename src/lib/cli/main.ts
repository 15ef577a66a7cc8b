import { exitCode, type ExitCode } from '../errors/exit-code.ts'
import type { ApoctlCommand, FrameworkConfig } from './base-command.ts'
import { resolveCommand, type CommandTable } from './command-table.ts'
import { watchForCrashes } from './crash-watch.ts'
import { endProcess, outputDrained, watchStream, type WatchedStream } from './exit.ts'
import { listenForInterruption, stopCode, type Interruption } from './interruption.ts'
import { readRunEnvironment, type RunEnvironment } from './run-environment.ts'
import { readSettings } from './read-settings.ts'
import { openWindow } from './open-window.ts'
import type { RunWorld } from './run-world.ts'
import { errorOf, lostOutput, unknownCommand } from './run-errors.ts'
import { wantsJson } from './wants-json.ts'

/** What the entry point knows at build time. */
export interface Program {
  readonly commands: CommandTable
  readonly version: string
  /** Where apoctl is installed: the folder of its package.json. */
  readonly folder: string
  /** Renders a help page; `words` is empty for the first page. */
  readonly help: (words: string) => Promise<string>
}

/** Runs one command line from start to exit code, and ends the process with it. */
export async function main(argv: readonly string[], program: Program): Promise<never> {
  const stdout = watchStream(process.stdout)
  watchStream(process.stderr)
  const environment = readRunEnvironment(program.folder)
  const window = openWindow(environment, stdout)
  const code = await runCommandLine({ argv, environment, window, stdout }, program)
  await outputDrained()
  const lost = stdout.lost()
  if (lost !== undefined) await window.showError(lostOutput(lost), wantsJson(argv))
  return endProcess(lost === undefined ? code : lostOutput(lost).exitCode)
}

interface CommandLine {
  readonly argv: readonly string[]
  readonly environment: RunEnvironment
  readonly window: RunWorld['window']
  readonly stdout: WatchedStream
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
      await line.window.showError(unknownCommand(resolution), wantsJson(line.argv))
      return exitCode.usage
    case 'command':
      return runCommand(line, { program, words: resolution.words, rest: resolution.rest })
  }
}

type CleanUp = () => Promise<unknown>

interface CommandRun {
  readonly program: Program
  readonly words: string
  readonly rest: readonly string[]
}

async function runCommand(line: CommandLine, run: CommandRun): Promise<ExitCode> {
  const interruption = listenForInterruption(endProcess)
  const watch = watchForCrashes()
  const cleanUps: CleanUp[] = []
  let command: ApoctlCommand | undefined
  try {
    const { default: CommandClass } = await (run.program.commands[run.words] ?? missing)()
    line.stdout.watchAlone()
    const { version, commands } = run.program
    const atEnd = (cleanUp: CleanUp): void => void cleanUps.push(cleanUp)
    command = new CommandClass(
      [...run.rest],
      frameworkConfig(worldOf(line, { interruption, version, command: run.words, commands, atEnd })),
    )
    await Promise.race([command.run(), watch.crashed])
    return outcomeOf(command, interruption)
  } catch (thrown) {
    return await fail({ thrown, command }, { line, interruption })
  } finally {
    await Promise.allSettled(cleanUps.map((cleanUp) => cleanUp()))
    watch.dispose()
    interruption.dispose()
    line.window.settle()
  }
}

const missing = (): never => {
  throw new Error('the command table has no such command')
}

/** A command that ends in good order because it was told to has still been interrupted. */
function outcomeOf(command: ApoctlCommand, interruption: Interruption): ExitCode {
  const reason = interruption.reason()
  return reason === undefined || reason === 'timeout' ? command.outcome : stopCode(reason)
}

async function fail(
  failure: { readonly thrown: unknown; readonly command: ApoctlCommand | undefined },
  run: { readonly line: CommandLine; readonly interruption: Interruption },
): Promise<ExitCode> {
  const { window } = run.line
  const error = errorOf(failure.thrown)
  const reason = run.interruption.reason()
  // Who gives up because the time is over may say so better than we can; everything else is an echo.
  if (reason !== undefined && (reason !== 'timeout' || error.code === 'APO-BUG')) {
    await window.showStopped(reason)
    return stopCode(reason)
  }
  await window.showError(error, failure.command?.asJson ?? false)
  if (failure.command?.verbosely === true) window.showCause(error)
  return error.exitCode
}

function worldOf(
  line: CommandLine,
  run: Pick<RunWorld, 'interruption' | 'version' | 'command' | 'commands' | 'atEnd'>,
): RunWorld {
  const { environment, window } = line
  return {
    environment,
    window,
    ...run,
    interactive: process.stdin.isTTY && process.stderr.isTTY,
    readRunWords: async (argv) => {
      const { resumedWords } = await import('./resumed-words.ts')
      return resumedWords({ argv, command: run.command }, environment)
    },
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
