import type { RunHostState, RunRecord } from './run-record.ts'

/** Which hosts of an earlier run another one takes on. */
export type Continuation = 'resume' | 'retry-failed'

const taken: Readonly<Record<Continuation, readonly RunHostState[]>> = {
  resume: ['failed', 'begun', 'pending'],
  'retry-failed': ['failed'],
}

/** Their names, in the order of the earlier run. */
export function leftHosts(run: Pick<RunRecord, 'hosts'>, how: Continuation): readonly string[] {
  return run.hosts.filter(({ state }) => taken[how].includes(state)).map(({ host }) => host)
}
