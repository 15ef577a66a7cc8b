import type { Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ExitCode } from '../errors/exit-code.ts'

/** Ends the process at once. The only place in apoctl that does. */
export function endProcess(code: ExitCode): never {
  // eslint-disable-next-line no-restricted-properties -- this is the place the rule points to
  process.exit(code)
}

/**
 * Waits until everything written has left. Ending earlier would cut a large report off in a pipe that is
 * read slowly; there is no deadline, because a pager is read as slowly as its reader reads.
 */
export async function outputDrained(): Promise<void> {
  await Promise.all([drained(process.stdout), drained(process.stderr)])
  // A failed write says so on the next turn of the event loop only.
  await nextTurn()
}

/** Waits until a stream has room again; false once its reader has gone, and nobody wants any more. */
async function wantsMore(stream: Writable, hasReader: () => boolean): Promise<boolean> {
  // A reader that went away is noticed on the next turn of the event loop.
  await nextTurn()
  if (!hasReader()) return false
  if (!stream.writableNeedDrain) return true
  await new Promise<void>((resolve) => {
    const go = (): void => {
      stream.off('drain', go).off('close', go).off('error', go)
      resolve()
    }
    stream.on('drain', go).on('close', go).on('error', go)
  })
  return hasReader()
}

/** What became of a stream; a reader that goes away (`apoctl … | head`) has all it wanted, and is no error. */
export interface WatchedStream {
  readonly lost: () => Error | undefined
  /** Waits until the reader has taken what was written; false when there is no reader any more. */
  readonly wantsMore: () => Promise<boolean>
  /** Sends other listeners away: the framework adds one that throws what we want to report. */
  readonly watchAlone: () => void
}

export function watchStream(stream: Writable): WatchedStream {
  let lost: Error | undefined
  // Kept here: Node forgets on purpose that standard output was destroyed by an error.
  let broken = false
  const onError = (error: NodeJS.ErrnoException): void => {
    broken = true
    if (error.code !== 'EPIPE') lost ??= error
  }
  stream.on('error', onError)
  return {
    lost: () => lost,
    wantsMore: () => wantsMore(stream, () => !broken && !stream.destroyed),
    watchAlone: () => void stream.removeAllListeners('error').on('error', onError),
  }
}

function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve()
    else stream.write('', () => resolve())
  })
}
