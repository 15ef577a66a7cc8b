import { writeFile } from 'node:fs/promises'
import type { Clock } from '../async/clock.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { FleetHost } from '../fleet/fleet-host.ts'
import { runOnFleet, type FleetContext, type FleetWork, type HostContext } from '../fleet/run-on-fleet.ts'
import { readTextFile } from './documents/text-file.ts'
import { readFacts, writeFacts } from './facts/facts-file.ts'
import type { HostFacts } from './facts/host-facts.ts'
import { oneQuestionAtATime, type FixAsker } from './fix/fix-asker.ts'
import { fixHost } from './fix/fix-host.ts'
import { judgeHost, unreachableHost } from './judge-host.ts'
import { checksOf, collectFor, preflightHost, type PreflightCriteria } from './preflight-host.ts'
import { toReport, type FixReport, type JudgedHosts, type PreflightReport } from './preflight-report.ts'

export interface PreflightLinuxOptions extends Pick<FleetWork<unknown>, 'concurrency' | 'hostTimeoutMs'> {
  readonly hosts: readonly FleetHost[]
  readonly criteria: PreflightCriteria
  /** Mend what has a command for it, after asking. */
  readonly fix: boolean
  /** A file for the facts of every host that was reached. */
  readonly factsFile?: string | undefined
}

export interface PreflightLinuxContext extends FleetContext {
  readonly clock: Pick<Clock, 'nowMs'>
  readonly ask: FixAsker
}

interface HostOutcome extends Pick<JudgedHosts, 'fixes'> {
  readonly facts: HostFacts
  readonly preflight: JudgedHosts['hosts'][number]
}

/** Package managers fetch their lists first. */
const fixTimeoutMs = 10 * 60_000

/**
 * Checks every host, some at a time, and mends what it was told to. A host that cannot be asked costs
 * that host alone. Throws APO-INPUT-VALUE for a selection that names no check, before any host is asked.
 */
export async function preflightLinux(
  options: PreflightLinuxOptions,
  context: PreflightLinuxContext,
): Promise<PreflightReport> {
  const { hosts, concurrency, hostTimeoutMs, criteria } = options
  checksOf(criteria)
  const world = { ...context, ask: oneQuestionAtATime(context.ask) }
  const action = (host: FleetHost, way: HostContext): Promise<HostOutcome> =>
    preflightOne({ host, options }, { ...world, ...way })
  const work = { hosts, concurrency, hostTimeoutMs, step: 'preflight', action }
  const { hosts: results } = await runOnFleet(work, context)
  const reached = results.flatMap((result) => (result.outcome === 'ok' ? [result.value] : []))
  if (options.factsFile !== undefined) await keepFacts(options.factsFile, reached)
  const judged = results.map((result) =>
    result.outcome === 'ok' ? result.value.preflight : unreachableHost(result.host, result.error),
  )
  return toReport(criteria, { hosts: judged, fixes: reached.flatMap(({ fixes }) => fixes) })
}

/** Judges facts that were kept, touching no host. Throws APO-INPUT-FILE with file and line. */
export async function judgeFactsFile(file: string, criteria: PreflightCriteria): Promise<PreflightReport> {
  const checks = checksOf(criteria)
  const facts = await readFacts({ file, content: await readTextFile(file) })
  return toReport(criteria, { hosts: facts.map((one) => judgeHost(one, { ...criteria, checks })), fixes: [] })
}

async function preflightOne(
  what: { readonly host: FleetHost; readonly options: PreflightLinuxOptions },
  context: PreflightLinuxContext & HostContext,
): Promise<HostOutcome> {
  const { criteria, fix } = what.options
  const asked = { ...criteria, host: what.host.name }
  const judged = await preflightHost(asked, context)
  if (!fix) return { ...judged, fixes: noFixes }
  const options = { ...criteria, checks: checksOf(criteria), commandTimeoutMs: fixTimeoutMs }
  const collectAgain = (): Promise<HostFacts> => collectFor(asked, context)
  const fixed = await fixHost({ preflight: judged.preflight, options }, { ...context, collectAgain })
  return { facts: judged.facts, ...fixed }
}

const noFixes: readonly FixReport[] = []

async function keepFacts(file: string, reached: readonly HostOutcome[]): Promise<void> {
  try {
    // What runs on a host, and where, is for its owner to give away.
    await writeFile(file, writeFacts(reached.map(({ facts }) => facts)), { mode: 0o600 })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
    throw new ApoctlError(['APO-INPUT-FILE', `${file} cannot be written (${code})`], { cause })
  }
}
