import type { Duplex } from 'node:stream'
import type { ClientChannel } from 'ssh2'

/** A connection that is logged in. */
export interface SshConnection {
  /** `root@web1:22`. */
  readonly subject: string
  /** Starts a command. Rejects with the library's error when the far side gives it no channel. */
  exec(command: string): Promise<RemoteCommand>
  /** Opens a way to another host, seen from the far side. */
  forward(host: string, port: number): Promise<Duplex>
  /** Resolves when the connection is over, with what broke it or `undefined` after `close()`. */
  readonly ended: Promise<Error | undefined>
  /** Never takes longer than two seconds. */
  readonly close: () => Promise<void>
}

/** A command that was started. */
export interface RemoteCommand {
  readonly channel: ClientChannel
  /** Exit code and signal name; rejects when the channel closes without either. */
  readonly end: Promise<readonly [exitCode: number | null, signal: string | null]>
  /** Asks the far side to end the command, and lets go of it. */
  readonly stop: () => void
}
