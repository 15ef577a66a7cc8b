import { join } from 'node:path'
import { runIds } from './find-run.ts'
import { readRun } from './read-run.ts'
import type { RunSummary } from './run-record.ts'
import { summaryOf } from './summary-of.ts'

export interface RunList {
  /** The newest first. */
  readonly runs: readonly RunSummary[]
  /** Journals that cannot be read, and why. */
  readonly unreadable: readonly { readonly id: string; readonly why: string }[]
}

/** The newest `limit` runs of which there are journals. One that cannot be read hides no other. */
export async function listRuns(folder: string, { limit }: { readonly limit: number }): Promise<RunList> {
  const runs: RunSummary[] = []
  const unreadable: { id: string; why: string }[] = []
  for (const id of (await runIds(folder)).slice(0, limit)) {
    try {
      runs.push(summaryOf(await readRun(join(folder, id))))
    } catch (error) {
      unreadable.push({ id, why: error instanceof Error ? error.message : String(error) })
    }
  }
  return { runs, unreadable }
}
