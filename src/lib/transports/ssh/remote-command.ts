import type { Client, ClientChannel } from 'ssh2'
import { silentEndError } from './errors.ts'
import { signalTerm } from './library-internals.ts'
import type { RemoteCommand } from './ssh-connection.ts'

/** Starts a command on a connection. */
export function startCommand(
  on: { readonly client: Client; readonly subject: string },
  command: string,
): Promise<RemoteCommand> {
  const { client, subject } = on
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error !== undefined) {
        reject(error)
        return
      }
      // At once: a quick command may have ended by the time a promise resolves, all in one packet.
      const end = endOf(channel, subject)
      const stop = (): void => {
        signalTerm(client, channel)
        channel.close()
      }
      resolve({ channel, end, stop })
    })
  })
}

function endOf(channel: ClientChannel, subject: string): RemoteCommand['end'] {
  let exit: readonly [number | null, string | null] | undefined
  channel.once('exit', (code: number | null, signal?: string) => {
    exit = [code, signal ?? null]
  })
  const end = new Promise<readonly [number | null, string | null]>((resolve, reject) => {
    channel.once('close', () => {
      if (exit === undefined) reject(silentEndError(subject))
      else resolve(exit)
    })
  })
  end.catch(() => undefined)
  return end
}
