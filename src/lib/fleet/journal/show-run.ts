import { ApoctlError } from '../../errors/apoctl-error.ts'
import { findRun } from './find-run.ts'
import { readRun } from './read-run.ts'
import type { RunRecord } from './run-record.ts'

/** A run, and of its hosts some. */
export interface ShownRun extends RunRecord {
  /** Where its journal is. */
  readonly folder: string
  /** Whether the steps on the hosts were asked for. */
  readonly inDetail: boolean
}

/** Reads a run from its journal. Rejects with APO-RUN-UNKNOWN, or APO-INPUT-VALUE for hosts that were not part of it. */
export async function showRun(
  asked: { readonly run: string; readonly hosts: readonly string[] | undefined },
  folder: string,
): Promise<ShownRun> {
  const found = await findRun(folder, asked.run)
  const run = await readRun(found)
  const names = asked.hosts
  if (names === undefined) return { ...run, folder: found, inDetail: false }
  const stranger = names.find((name) => !run.hosts.some(({ host }) => host === name))
  if (stranger !== undefined)
    throw new ApoctlError(['APO-INPUT-VALUE', `"${stranger}" was not a host of run ${run.id}`])
  const hosts = run.hosts.filter(({ host }) => names.includes(host))
  return { ...run, hosts, folder: found, inDetail: true }
}
