import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'

const idPattern = /^\d{8}-\d{6}-[0-9a-f]{4}$/

/** IDs of all journals in `folder`, the newest first; none where there is no folder. */
export async function runIds(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => idPattern.test(name))
    .sort()
    .reverse()
}

/** The folder of a run, by its ID, the beginning of it, or `last`. Throws APO-RUN-UNKNOWN. */
export async function findRun(folder: string, asked: string): Promise<string> {
  const ids = await runIds(folder)
  const [found, ...others] =
    asked === 'last' ? ids.slice(0, 1) : ids.filter((id) => asked !== '' && id.startsWith(asked))
  if (found === undefined)
    throw new ApoctlError(['APO-RUN-UNKNOWN', `there is no run "${asked}" in ${folder}`])
  if (others.length > 0)
    throw new ApoctlError(['APO-RUN-UNKNOWN', `"${asked}" is the beginning of ${others.length + 1} runs`])
  return join(folder, found)
}
