import { Readable, type Writable } from 'node:stream'
import type { CommandOptions, CommandResult, Transport } from '../../transports/transport.ts'
import { quoteAll } from './quote.ts'

/** A script that reads something itself: a file on its way to the host. */
export interface ScriptWithInput extends CommandOptions {
  readonly text: string
  readonly args?: readonly string[]
  readonly input: string | Buffer | Readable
  /** Where standard output goes as it comes; the result has it when absent. */
  readonly output?: Writable
}

/**
 * Runs a script that finds `input` on its standard input. Script and arguments travel ahead of the
 * input over the same stream, so that no process list shows them and the login shell (fish, csh)
 * sees one plain line: `dd` takes exactly the script's bytes, one at a time, and leaves the rest.
 */
export function runScriptWithInput(transport: Transport, script: ScriptWithInput): Promise<CommandResult> {
  const { text, args = [], input, output, ...options } = script
  const head = Buffer.from(`set -- ${quoteAll(args)}\n${text}\n`)
  const command = `exec sh -c 'eval "$(dd bs=1 count=${head.length} 2>/dev/null)"'`
  const stdin = joined(head, input)
  return transport.run(
    output === undefined ? { command, stdin } : { command, stdin, stdout: output },
    options,
  )
}

function joined(head: Buffer, input: string | Buffer | Readable): Buffer | Readable {
  if (!(input instanceof Readable)) return Buffer.concat([head, Buffer.from(input)])
  return Readable.from(inOrder(head, input), { objectMode: false })
}

async function* inOrder(head: Buffer, input: Readable): AsyncGenerator<Buffer> {
  yield head
  for await (const chunk of input) yield chunk as Buffer
}
