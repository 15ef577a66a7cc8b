import type { Readable, Writable } from 'node:stream'

export interface CommandRequest {
  /**
   * The command line for the login shell of the far side. Keep it to plain words that every shell
   * reads alike (`exec sh -s`, `exec cat`): scripts and data travel on standard input, values that
   * need care through `lib/platforms/linux/quote.ts`.
   */
  readonly command: string
  /** What the command reads; nothing when absent. */
  readonly stdin?: string | Buffer | Readable
  /**
   * Where standard output goes as it comes, at the pace the stream takes it; the stream is ended
   * with it. `stdout` of the result is then empty. For what is too large to hold.
   */
  readonly stdout?: Writable
}

export interface CommandOptions {
  /** Ends the command; the call then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined
  /** The command is ended and the call rejects with APO-HOST-TIMEOUT after this long. Default: one hour. */
  readonly timeoutMs?: number
  /** Most bytes kept of each of stdout and stderr; the rest is read and dropped. Default 16 MiB. */
  readonly maxOutputBytes?: number
}

/** What a command did. A non-zero exit is a result, not an error. */
export interface CommandResult {
  /** Exit status; `null` when a signal ended it. */
  readonly exitCode: number | null
  /** Name of the signal that ended it (`SIGKILL`), or `null`. */
  readonly signal: string | null
  readonly stdout: Buffer
  readonly stderr: Buffer
  /** Present when there was more output than `maxOutputBytes`. */
  readonly truncated?: true
}

/**
 * Runs commands on one machine. Small on purpose, so that privilege, dry runs, audit and fakes are
 * decorators of it. Rejects with ApoctlError when the machine could not be asked.
 */
export interface Transport {
  /** Who is at the other end, for people: `local`, `root@web1:22`. */
  readonly target: string
  /** Commands may run at the same time; they share one connection. */
  run(request: CommandRequest, options?: CommandOptions): Promise<CommandResult>
  /** Ends the connection and what still runs over it; safe to call twice, never waits long. */
  close(): Promise<void>
}
