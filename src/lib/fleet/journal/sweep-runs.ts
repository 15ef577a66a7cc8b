import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runIds } from './find-run.ts'
import { readRun } from './read-run.ts'

/** So many are kept. */
const keptRuns = 200

/** Removes the oldest journals, but none of a run that may still go on. What cannot be read stays. */
export async function sweepRuns(folder: string): Promise<void> {
  for (const id of (await runIds(folder)).slice(keptRuns)) {
    const run = await readRun(join(folder, id)).catch(() => undefined)
    if (run !== undefined && run.state !== 'running')
      await rm(join(folder, id), { recursive: true, force: true }).catch(() => undefined)
  }
}
