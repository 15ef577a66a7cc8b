import { ApoctlError } from '../../errors/apoctl-error.ts'
import { foldNames } from '../../progress/fold-names.ts'
import type { FleetHost } from '../fleet-host.ts'
import { findRun } from './find-run.ts'
import { leftHosts, type Continuation } from './left-hosts.ts'
import { readRun } from './read-run.ts'
import type { RunRecord } from './run-record.ts'

/** What of an earlier run is to be gone on with. */
export interface TakenOn {
  readonly run: RunRecord
  /** In the order of the earlier run; maybe none. */
  readonly hosts: readonly FleetHost[]
}

/**
 * Finds, among the hosts that are listed now, those that an earlier run has left. Rejects with APO-RUN-UNKNOWN,
 * -UNREADABLE, -ACTIVE, or -CHANGED when some are listed no more.
 */
export async function takeOnRun(
  asked: { readonly run: string; readonly how: Continuation },
  among: { readonly hosts: readonly FleetHost[]; readonly folder: string },
): Promise<TakenOn> {
  const run = await readRun(await findRun(among.folder, asked.run))
  if (run.state === 'running')
    throw new ApoctlError(['APO-RUN-ACTIVE', `run ${run.id} of ${run.operator} still goes on`])
  const byName = new Map(among.hosts.map((host) => [host.name, host]))
  const left = leftHosts(run, asked.how)
  const lost = left.filter((name) => !byName.has(name))
  if (lost.length > 0)
    throw new ApoctlError(['APO-RUN-CHANGED', `${foldNames(lost)} of run ${run.id} are listed no more`], {
      hints: ["Put them back into the inventory, or leave them out: --limit '!NAME'."],
    })
  return { run, hosts: left.flatMap((name) => byName.get(name) ?? []) }
}
