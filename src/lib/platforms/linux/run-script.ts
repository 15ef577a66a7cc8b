import { randomBytes } from 'node:crypto'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { CommandOptions, CommandResult, Transport } from '../../transports/transport.ts'
import { quoteAll } from './quote.ts'

/** A POSIX sh script and what it finds in `$1`, `$2`, … */
export interface Script extends CommandOptions {
  readonly text: string
  readonly args?: readonly string[]
}

/**
 * Runs a script on the host. It travels, with its arguments, over standard input: no length limit, nothing
 * of it in the process list, and the login shell (fish, csh) sees two plain words. It runs only when it
 * arrived whole, and its own standard input is empty. Stopped by its signal or deadline, it is ended on
 * the host with everything it started.
 */
export async function runScript(transport: Transport, script: Script): Promise<CommandResult> {
  const { text, args = [], ...options } = script
  const mark = `apoctl-${randomBytes(9).toString('hex')}`
  try {
    return await transport.run({ command: `exec sh -s ${mark}`, stdin: scriptText({ text, args }) }, options)
  } catch (error) {
    if (wasStopped(error, options)) await endScript(transport, mark)
    throw error
  }
}

/** The shell reads up to the closing brace before it runs anything. */
function scriptText(script: { readonly text: string; readonly args: readonly string[] }): string {
  return `set -- ${quoteAll(script.args)}\n{\n${script.text}\n} </dev/null\n`
}

function wasStopped(error: unknown, options: CommandOptions): boolean {
  return (
    options.signal?.aborted === true || (error instanceof ApoctlError && error.code === 'APO-HOST-TIMEOUT')
  )
}

const endTimeoutMs = 3000

/**
 * sshd passes no signals to commands of root, and none could reach what sudo started. So the script is
 * looked up by the mark in its command line, and its process group is ended by the same account.
 */
const ender = `for d in /proc/[0-9]*; do
  c=$(tr '\\0' ' ' < "$d/cmdline") || continue
  case $c in *"sh -s $1"*) ;; *) continue ;; esac
  s=$(cat "$d/stat") && set -- "$1" \${s##*) } && kill -TERM "-$4"
done 2>/dev/null`

/** A host that cannot be asked any more has nothing to be ended by us. */
async function endScript(transport: Transport, mark: string): Promise<void> {
  const stdin = scriptText({ text: ender, args: [mark] })
  await transport.run({ command: 'exec sh -s', stdin }, { timeoutMs: endTimeoutMs }).catch(() => undefined)
}
