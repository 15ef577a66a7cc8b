import type { ExitCode } from '../errors/exit-code.ts'
import type { FleetHost } from '../fleet/fleet-host.ts'
import type { HostResult } from '../fleet/fleet-report.ts'
import { comparePlan } from '../install/plan/compare-plan.ts'
import type { ExpectedFacts } from '../install/plan/fingerprint.ts'
import type { SavedPlan } from '../install/plan/saved-plan.ts'
import { beginRun, type BegunRun } from './begin-run.ts'
import type { ComingRun } from './coming-run.ts'
import type { CommandContext } from './context.ts'
import { prepareFleet, type Fleet, type FleetFlags } from './flags/fleet-flags.ts'
import { checkPlanFile, writePlan, type PlannedValue } from './write-plan.ts'

/** What somebody wants done, and the plan that says so, where there is one. */
export interface AskedChange<Flags> {
  readonly command: string
  readonly words: readonly string[]
  readonly flags: Flags
  readonly plan?: SavedPlan | undefined
}

interface ChangeReport {
  readonly exitCode: ExitCode
  readonly hosts: readonly HostResult<PlannedValue>[]
}

/** How it is done, on hosts that it was made sure may be changed. */
interface Act {
  readonly hosts: readonly FleetHost[]
  readonly limits: Fleet['limits']
  readonly dryRun: boolean
  readonly expected?: ExpectedFacts | undefined
}

interface Change<Report> extends Omit<ComingRun, 'hosts' | 'flags'> {
  readonly flags: FleetFlags & ComingRun['flags'] & { readonly 'plan-out'?: string | undefined }
  readonly plan?: SavedPlan | undefined
  readonly act: (how: Act, context: Fleet['context'] & Pick<BegunRun['context'], 'claim'>) => Promise<Report>
}

/**
 * Changes the hosts that the flags name, or says how they would be changed. A plan is carried out only when none
 * of its hosts has changed since: all are looked at before the first one is touched, and each once more when its
 * turn has come and it is locked. Throws APO-PLAN-CHANGED.
 */
export async function changeFleet<Report extends ChangeReport>(
  change: Change<Report>,
  context: CommandContext,
): Promise<Report> {
  const { plan, flags } = change
  const planOut = flags['plan-out']
  if (planOut !== undefined) await checkPlanFile(planOut, context)
  const fleet = await prepareFleet(flags, { ...context, root: 'required' })
  const { limits } = fleet
  const hosts = plan === undefined ? fleet.hosts : hostsOf(plan, fleet.hosts)
  const dryRun = flags['dry-run'] || planOut !== undefined
  if (plan !== undefined) {
    const look = await beginRun({ ...change, hosts, flags: { ...flags, 'dry-run': true } }, context)
    const now = await change.act({ hosts, limits, dryRun: true }, { ...fleet.context, ...look.context })
    comparePlan(plan, now.hosts)
  }
  const run = await beginRun({ ...change, hosts, flags: { ...flags, 'dry-run': dryRun } }, context)
  const how = { hosts: run.hosts, limits, dryRun, expected: expectedBy(plan) }
  const report = await change.act(how, { ...fleet.context, ...run.context })
  if (planOut !== undefined) await writePlan({ ...change, file: planOut, rows: report.hosts }, context)
  return run.end(report)
}

/** Those that are listed; comparing the plan says which are not. */
function hostsOf(plan: SavedPlan, listed: readonly FleetHost[]): readonly FleetHost[] {
  return plan.hosts.flatMap(({ host }) => listed.find(({ name }) => name === host) ?? [])
}

function expectedBy(plan: SavedPlan | undefined): ExpectedFacts | undefined {
  return plan && new Map(plan.hosts.map(({ host, fingerprint }) => [host, fingerprint]))
}
