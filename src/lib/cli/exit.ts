import type { Writable } from 'node:stream'
import type { ExitCode } from '../errors/exit-code.ts'

/** How long output may take to drain into a slow reader before the process ends anyway. */
const drainLimitMs = 10_000

/**
 * Ends the process with a code, after everything written has left: a pipe that reads slowly would
 * otherwise lose the end of a large report. The only place in apoctl that ends the process.
 */
export async function endProcess(code: ExitCode): Promise<never> {
  await Promise.race([Promise.all([drained(process.stdout), drained(process.stderr)]), waited(drainLimitMs)])
  // eslint-disable-next-line no-restricted-properties -- this is the place the rule points to
  process.exit(code)
}

/** A reader that goes away (`apoctl … | head`) is not an error: what it wanted, it has. */
export function swallowClosedPipe(stream: Writable): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve()
    else stream.write('', () => resolve())
  })
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
