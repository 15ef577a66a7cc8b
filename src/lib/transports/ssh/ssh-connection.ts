import type { Duplex } from 'node:stream'
import type { ClientChannel } from 'ssh2'

/** A connection that is logged in. */
export interface SshConnection {
  /** `root@web1:22`. */
  readonly subject: string
  /** Opens a channel for a command. */
  exec(command: string): Promise<ClientChannel>
  /** Asks the far side to send a signal to the command of a channel, even after its stdin ended. */
  signal(channel: ClientChannel, name: 'TERM' | 'KILL'): void
  /** Opens a way to another host, seen from the far side. */
  forward(host: string, port: number): Promise<Duplex>
  /** Resolves when the connection is over, with what broke it or `undefined` after `close()`. */
  readonly ended: Promise<Error | undefined>
  /** Never takes longer than two seconds. */
  readonly close: () => Promise<void>
}
