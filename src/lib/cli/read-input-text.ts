import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { RunEnvironment } from './run-environment.ts'

/** The text of a file that a flag names, and what to call it; `-` is standard input. Throws APO-INPUT-FILE. */
export async function readInputText(
  file: string,
  environment: Pick<RunEnvironment, 'workingDir'>,
): Promise<{ readonly name: string; readonly content: string }> {
  if (file === '-') return { name: 'standard input', content: await textOf(process.stdin) }
  try {
    return { name: file, content: await readFile(resolve(environment.workingDir, file), 'utf8') }
  } catch (error) {
    throw new ApoctlError(['APO-INPUT-FILE', `${file} cannot be read`], { cause: error })
  }
}
