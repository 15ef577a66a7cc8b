import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { quote } from '../../platforms/linux/quote.ts'
import { openLocal, type LocalWorld } from '../../transports/local/open-local.ts'
import { inventoryError } from './inventory-error.ts'

const timeoutMs = 2 * 60_000
const maxOutputBytes = 128 * 1024 * 1024

/**
 * Whether a file is a program that prints an inventory: it may be executed and begins with `#!`. The bit alone
 * does not make a program of a list of hosts: on some file systems every file has it. Throws APO-INPUT-FILE for
 * a program that lacks the bit, and for one that anybody on this machine could have written.
 */
export async function isInventoryProgram(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    if (bytesRead < 2 || buffer.toString('latin1') !== '#!') return false
    const { mode } = await handle.stat()
    const at = { file, line: 1 }
    if ((mode & 0o111) === 0)
      throw inventoryError(at, [
        'begins with "#!" but may not be executed',
        `Let it: chmod +x ${quote(file)}`,
      ])
    if ((mode & 0o002) !== 0)
      throw inventoryError(at, ['is a program that anybody may change', `First: chmod o-w ${quote(file)}`])
    return true
  } finally {
    await handle.close()
  }
}

/** Runs a program with `--list`, as Ansible does, and gives what it prints. Rejects with APO-INPUT-FILE. */
export async function runInventoryProgram(
  file: string,
  context: { readonly local: LocalWorld; readonly signal: AbortSignal },
): Promise<string> {
  const here = openLocal(context.local)
  try {
    const command = `exec ${quote(resolve(file))} --list`
    const result = await here.run({ command }, { signal: context.signal, timeoutMs, maxOutputBytes })
    if (result.exitCode === 0 && result.truncated !== true) return result.stdout.toString('utf8')
    const lastWords = result.stderr.toString('utf8').trim().split('\n').slice(-3).join(' / ')
    const ending =
      result.exitCode === 0
        ? 'prints too much'
        : `ended with ${result.exitCode ?? result.signal ?? 'nothing'}`
    throw new ApoctlError(
      ['APO-INPUT-FILE', `${file} --list ${ending}${lastWords === '' ? '' : `: ${lastWords}`}`],
      {
        hints: [`Run it yourself: ${quote(file)} --list`],
      },
    )
  } finally {
    await here.close()
  }
}
