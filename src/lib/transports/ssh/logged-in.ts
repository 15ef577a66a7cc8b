import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { forwardError, lostError } from './errors.ts'
import type { HostSettings } from './host-settings.ts'
import { startCommand } from './remote-command.ts'
import type { SshConnection } from './ssh-connection.ts'
import { subjectOf } from './subject.ts'

/** What a connection is made of. */
export interface Established {
  readonly settings: HostSettings
  readonly socket: Duplex
}

const closeMs = 2000

/** A connection that is logged in, from now on. */
export function loggedIn(client: Client, on: Established): SshConnection {
  const subject = subjectOf(on.settings)
  let breakage: unknown
  const gone = new Promise<void>((resolve) => client.once('close', () => resolve()))
  let closing = false
  client.removeAllListeners('error')
  client.on('error', (error) => (breakage ??= error))
  return {
    subject,
    ended: gone.then(() => (closing ? undefined : lostError(breakage, subject))),
    exec: (command) => startCommand({ client, subject }, command),
    async forward(host, port) {
      try {
        return await openForward(client, { host, port })
      } catch (error) {
        throw forwardError(error, { hop: subject, to: `${host}:${port}` })
      }
    },
    close: async () => {
      closing = true
      client.end()
      await Promise.race([gone, after(closeMs)])
      on.socket.destroy()
    },
  }
}

function openForward(client: Client, to: { readonly host: string; readonly port: number }): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, stream) => {
      if (error === undefined) resolve(stream)
      else reject(error)
    })
  })
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
