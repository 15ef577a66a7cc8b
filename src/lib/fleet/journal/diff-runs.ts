import type { RunHost, RunRecord, RunSummary } from './run-record.ts'
import { summaryOf } from './summary-of.ts'

/** What is different between two runs, host by host. */
export interface RunDifference {
  readonly before: RunSummary
  readonly after: RunSummary
  readonly changes: readonly HostDifference[]
  /** How many hosts of both ended alike. */
  readonly alike: number
}

export interface HostDifference {
  readonly host: string
  readonly kind: 'mended' | 'broken' | 'otherwise' | 'added' | 'gone'
  /** Its state, with the code of the error or the reason; absent where it was not part of the run. */
  readonly before?: string | undefined
  readonly after?: string | undefined
}

/** Compares by name; steps and times differ always and say nothing. */
export function diffRuns(before: RunRecord, after: RunRecord): RunDifference {
  const [old, young] = [before, after].map(({ hosts }) => new Map(hosts.map((host) => [host.host, host])))
  const names = [...new Set([...before.hosts, ...after.hosts].map(({ host }) => host))]
  // What a run that goes on with another one left alone, it left as it was.
  const now = (host: string): RunHost | undefined =>
    young?.get(host) ?? (after.continues === before.id ? old?.get(host) : undefined)
  const changes = names.flatMap((host) => differenceOf(host, [old?.get(host), now(host)]) ?? [])
  return { before: summaryOf(before), after: summaryOf(after), changes, alike: names.length - changes.length }
}

function differenceOf(
  host: string,
  [before, after]: readonly [RunHost | undefined, RunHost | undefined],
): HostDifference | undefined {
  const [was, is] = [wordOf(before), wordOf(after)]
  if (before === undefined) return { host, kind: 'added', after: is }
  if (after === undefined) return { host, kind: 'gone', before: was }
  if (was === is) return undefined
  if (isWell(before) === isWell(after))
    return isWell(before) ? undefined : { host, kind: 'otherwise', before: was, after: is }
  return { host, kind: isWell(after) ? 'mended' : 'broken', before: was, after: is }
}

/** Changed now or as wanted already: both are as they should be. */
function isWell({ state }: RunHost): boolean {
  return state === 'done' || state === 'unchanged'
}

function wordOf(host: RunHost | undefined): string | undefined {
  if (host === undefined) return undefined
  const why = host.error?.code ?? host.reason
  return why === undefined ? host.state : `${host.state}: ${why}`
}
