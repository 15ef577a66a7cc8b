import { PassThrough, type Writable } from 'node:stream'
import type { CommandResult, Transport } from '../../transports/transport.ts'
import { runScriptWithInput } from './run-script-with-input.ts'

/** A script on another machine that is talked with, a line at a time. */
export interface Conversation {
  say(line: string): void
  /** When it is over, and with what. Rejects as `Transport.run` does. */
  readonly ended: Promise<CommandResult>
  /** Ends its standard input, and waits until it is over; never rejects. */
  close(): Promise<void>
}

const mostLineLength = 64 * 1024
/** Longer than any rollout. */
const timeoutMs = 14 * 24 * 60 * 60 * 1000

/** Starts a script and hears what it says. A line that is too long ends it. */
export function converse(
  transport: Transport,
  script: {
    readonly text: string
    readonly args?: readonly string[]
    readonly signal?: AbortSignal | undefined
    readonly onLine: (line: string) => void
  },
): Conversation {
  const { onLine, ...rest } = script
  const input = new PassThrough()
  const ended = runScriptWithInput(transport, { ...rest, input, output: lineSink(onLine), timeoutMs })
  // Whoever says something to it meets the same error here.
  ended.catch(() => undefined)
  return {
    say: (line) => void input.write(`${line}\n`),
    ended,
    close: async () => {
      input.end()
      await ended.catch(() => undefined)
    },
  }
}

function lineSink(onLine: (line: string) => void): Writable {
  const sink = new PassThrough()
  const read = async (): Promise<void> => {
    let begun = ''
    for await (const chunk of sink.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (begun + chunk).split('\n')
      begun = lines.pop() ?? ''
      for (const line of lines) onLine(line)
      if (begun.length > mostLineLength) throw new Error('it said a line without end')
    }
  }
  read().catch((error: unknown) => sink.destroy(error as Error))
  return sink
}
