import { readFile } from 'node:fs/promises'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** Reads a file that a flag names. Throws APO-INPUT-FILE that says which and why not. */
export async function readTextFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
    throw new ApoctlError(['APO-INPUT-FILE', `${file} cannot be read (${code})`], { cause })
  }
}
