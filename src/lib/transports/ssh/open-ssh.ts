import type { ClientChannel } from 'ssh2'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { withinLimits } from '../command-limits.ts'
import { startTraffic } from '../command-streams.ts'
import type { CommandOptions, CommandRequest, CommandResult, Transport } from '../transport.ts'
import type { SshConnection } from './ssh-connection.ts'
import { channelError, lostError } from './errors.ts'
import { createGate } from './gate.ts'
import { reach } from './reach.ts'
import type { SshContext, SshTarget } from './ssh-context.ts'

/** sshd allows ten sessions on a connection (MaxSessions) unless told otherwise. */
const maxChannels = 8

/**
 * Logs in to a host and keeps the connection. The host key of every hop is verified before anything
 * is sent to it. Rejects with one of the APO-SSH errors, or with the reason of `context.signal`.
 */
export async function openSsh(target: SshTarget, context: SshContext): Promise<Transport> {
  const { connection, close } = await reach(target, context)
  const gate = createGate(maxChannels)
  return {
    target: connection.subject,
    run: (request, options = {}) =>
      withinLimits({ ...options, target: connection.subject, command: request.command }, (signal) =>
        gate.pass(signal, () => runCommand({ request, options, signal }, connection)),
      ),
    close,
  }
}

interface CommandRun {
  readonly request: CommandRequest
  readonly options: CommandOptions
  readonly signal: AbortSignal
}

async function runCommand(run: CommandRun, connection: SshConnection): Promise<CommandResult> {
  const lost = connection.ended.then((error) => {
    throw error ?? lostError(new Error('it was closed here'), connection.subject)
  })
  lost.catch(ignore)
  const aborted = abortOf(run.signal)
  const channel = await Promise.race([openChannel(run, connection), lost, aborted])
  const end = endOf(channel, connection)
  const traffic = startTraffic(
    { stdin: channel, stdout: channel, stderr: channel.stderr },
    { request: run.request, maxOutputBytes: run.options.maxOutputBytes },
  )
  try {
    const [exitCode, signal] = await Promise.race([end, traffic.broken, lost, aborted])
    await Promise.race([traffic.delivered, lost, aborted])
    return { exitCode, signal, ...traffic.output() }
  } catch (error) {
    connection.signal(channel, 'TERM')
    channel.close()
    throw error
  }
}

async function openChannel(run: CommandRun, connection: SshConnection): Promise<ClientChannel> {
  const opening = connection.exec(run.request.command)
  // Aborted while the far side was still thinking: the channel is of no use when it comes.
  opening.then((channel) => run.signal.aborted && channel.close()).catch(ignore)
  try {
    return await opening
  } catch (error) {
    throw channelError(error, connection.subject)
  }
}

/** Exit code and signal name; a channel that closes without either is a connection that broke. */
function endOf(channel: ClientChannel, connection: SshConnection): Promise<[number | null, string | null]> {
  let exit: [number | null, string | null] | undefined
  channel.once('exit', (code: number | null, signal?: string) => {
    exit = [code, signal ?? null]
  })
  const end = new Promise<[number | null, string | null]>((resolve, reject) => {
    channel.once('close', () => {
      if (exit !== undefined) resolve(exit)
      else
        reject(
          new ApoctlError(['APO-SSH-LOST', `${connection.subject} ended the command without saying how`]),
        )
    })
  })
  end.catch(ignore)
  return end
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
