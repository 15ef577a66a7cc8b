import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { LabContext } from '../lab-context.ts'
import { lastLine } from '../machine/tools.ts'

const timeoutMs = 10_000

/** Asks `ip` and gives its JSON answer. */
export async function askIp<Row>(words: readonly string[], context: LabContext): Promise<readonly Row[]> {
  const result = await context.machine.run(['ip', '-json', ...words], { signal: context.signal, timeoutMs })
  if (result.exitCode !== 0)
    throw new ApoctlError(['APO-LAB-NETWORK', `ip ${words.join(' ')} failed: ${lastLine(result.stderr)}`])
  return JSON.parse(result.stdout === '' ? '[]' : result.stdout) as readonly Row[]
}

/** Runs `ip` commands in one go, in order, up to the first that fails. */
export async function changeLinks(commands: readonly string[], context: LabContext): Promise<void> {
  const result = await context.machine.run(['ip', '-batch', '-'], {
    stdin: `${commands.join('\n')}\n`,
    signal: context.signal,
    timeoutMs,
  })
  if (result.exitCode === 0) return
  throw new ApoctlError(
    ['APO-LAB-NETWORK', `ip could not change the lab's links: ${lastLine(result.stderr)}`],
    {
      hints: ['Run apoctl lab down, then apoctl lab up.'],
    },
  )
}
