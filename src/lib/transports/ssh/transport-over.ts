import { sleep } from '../../async/sleep.ts'
import { withinLimits } from '../command-limits.ts'
import { startTraffic } from '../command-streams.ts'
import type { CommandOptions, CommandRequest, CommandResult, Transport } from '../transport.ts'
import { channelError, isChannelRefusal, lostError } from './errors.ts'
import { createGate } from './gate.ts'
import { createRunningCommands, type RunningCommands } from './running-commands.ts'
import type { RemoteCommand, SshConnection } from './ssh-connection.ts'

/**
 * sshd allows ten sessions on a connection (MaxSessions) unless told otherwise, and counts those that
 * just ended for a moment longer.
 */
const maxChannels = 5
/** The tries are 50, 100, 150, … ms apart: three seconds in all. */
const channelAttempts = 11

/** Runs commands over a connection that somebody made; `close` is how it is let go of. */
export function transportOver(connection: SshConnection, close: () => Promise<void>): Transport {
  const gate = createGate(maxChannels)
  const running = createRunningCommands()
  return {
    target: connection.subject,
    run: (request, options = {}) =>
      withinLimits({ ...options, target: connection.subject, command: request.command }, (signal) =>
        gate.pass(signal, () => runCommand({ request, options, signal }, { connection, running })),
      ),
    close,
  }
}

interface CommandRun {
  readonly request: CommandRequest
  readonly options: CommandOptions
  readonly signal: AbortSignal
}

interface Line {
  readonly connection: SshConnection
  readonly running: RunningCommands
}

async function runCommand(run: CommandRun, on: Line): Promise<CommandResult> {
  const { connection } = on
  const lost = connection.ended.then((error) => {
    throw error ?? lostError(new Error('it was closed here'), connection.subject)
  })
  lost.catch(ignore)
  const aborted = abortOf(run.signal)
  const { channel, end, stop } = await Promise.race([start(run, on), lost, aborted])
  const traffic = startTraffic(
    { stdin: channel, stdout: channel, stderr: channel.stderr },
    { request: run.request, maxOutputBytes: run.options.maxOutputBytes },
  )
  try {
    const [exitCode, signal] = await Promise.race([end, traffic.broken, lost, aborted])
    await Promise.race([traffic.delivered, lost, aborted])
    return { exitCode, signal, ...traffic.output() }
  } catch (error) {
    stop()
    throw run.signal.aborted ? error : ((await breakageOf(connection)) ?? error)
  }
}

/**
 * sshd counts a session for a moment longer than its command runs, so a refused channel is asked for
 * again. Where MaxSessions leaves room for fewer than we would like, commands wait for each other.
 */
async function start(run: CommandRun, on: Line): Promise<RemoteCommand> {
  const { connection, running } = on
  for (let attempt = 1; ; attempt += 1) {
    const starting = connection.exec(run.request.command)
    // Aborted while the far side was still thinking: the command is of no use when it comes.
    starting.then((command) => run.signal.aborted && command.stop()).catch(ignore)
    try {
      const command = await starting
      running.track(command.end)
      return command
    } catch (error) {
      await refuseUnlessFull(error, { connection, isLast: attempt >= channelAttempts })
    }
    if (running.count() === 0) await sleep(attempt * 50, { signal: run.signal })
    else {
      await running.oneOver(run.signal)
      attempt = 0
    }
  }
}

async function refuseUnlessFull(
  error: unknown,
  about: { readonly connection: SshConnection; readonly isLast: boolean },
): Promise<void> {
  const { connection, isLast } = about
  const broken = await breakageOf(connection)
  if (broken !== undefined) throw broken
  if (!isChannelRefusal(error) || isLast) throw channelError(error, connection.subject)
}

/** Where the connection broke there are no channels, either, and they may tell first; that it broke says more. */
function breakageOf(connection: SshConnection): Promise<Error | undefined> {
  return Promise.race([connection.ended, nextTurn()])
}

function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(undefined)))
}

function abortOf(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error)
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  aborted.catch(ignore)
  return aborted
}

function ignore(): void {
  /* whoever races it gets it */
}
