import type { Readable } from 'node:stream'

export interface CommandRequest {
  /**
   * The command line for the login shell of the far side. Keep it to plain words that every shell
   * reads alike (`exec sh -s`, `exec cat`): scripts and data travel on standard input, values that
   * need care through `lib/platforms/linux/quote.ts`.
   */
  readonly command: string
  /** What the command reads; nothing when absent. */
  readonly stdin?: string | Buffer | Readable
}

export interface CommandOptions {
  readonly signal?: AbortSignal
  /** The command is ended and the call rejects with APO-SSH-TIMEOUT after this long. */
  readonly timeoutMs?: number
  /** Most bytes kept of each of stdout and stderr; the rest is read and dropped. Default 16 MiB. */
  readonly maxOutputBytes?: number
}

/** What a command did. A non-zero exit is a result, not an error. */
export interface CommandResult {
  /** Exit status; `null` when a signal ended it. */
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/**
 * Runs commands on one machine. Small on purpose, so that privilege, dry runs, audit and fakes are
 * decorators of it. Rejects with ApoctlError when the machine could not be asked.
 */
export interface Transport {
  /** Who is at the other end, for people: `local`, `root@web1:22`. */
  readonly target: string
  run(request: CommandRequest, options?: CommandOptions): Promise<CommandResult>
  /** Ends the connection; safe to call twice. */
  close(): Promise<void>
}
