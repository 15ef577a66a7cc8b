import type { ExitCode } from '../errors/exit-code.ts'
import type { FleetHost } from '../fleet/fleet-host.ts'
import { thisOperator } from '../fleet/journal/process-identity.ts'
import type { RunReference } from '../fleet/journal/run-record.ts'
import { takeOnRun, type TakenOn } from '../fleet/journal/take-on-run.ts'
import type { FleetContext } from '../fleet/run-on-fleet.ts'
import type { LockClaim } from '../install/plan/host-lock.ts'
import type { CommandContext } from './context.ts'
import type { ComingRun } from './coming-run.ts'
import { confirmChange } from './confirm-change.ts'
import { openJournal } from './open-journal.ts'
import { runsFolder } from './runs-folder.ts'

export interface BegunRun {
  /** Those to work on. */
  readonly hosts: readonly FleetHost[]
  readonly context: Pick<FleetContext, 'reporter' | 'record'> & { readonly claim: LockClaim }
  /** Closes the journal, and gives the report with what is to know of it. */
  end<Report extends { readonly exitCode: ExitCode }>(
    report: Report,
  ): Promise<Report & { readonly run?: RunReference }>
}

type World = Pick<CommandContext, 'environment' | 'reporter' | 'version' | 'ask'>

/** Asks whether to begin, and begins the journal of a run, or goes on with an earlier one. What changes nothing has no journal. */
export async function beginRun(coming: ComingRun, world: World): Promise<BegunRun> {
  const taken = await takenOn(coming, world)
  const hosts = taken?.hosts ?? coming.hosts
  const { reporter, environment } = world
  const operator = thisOperator(environment.user)
  const claimFor = (run: string): LockClaim => ({
    owner: { operator, run },
    takesOver: coming.flags['take-over-lock'],
  })
  if (taken !== undefined) reporter.report({ type: 'note', subject: 'run', text: sentenceOf(taken) })
  if (coming.flags['dry-run'] || hosts.length === 0) {
    return { hosts, context: { reporter, claim: claimFor('none') }, end: (report) => Promise.resolve(report) }
  }
  await confirmChange({ ...coming, hosts }, world)
  const journal = await openJournal({ ...coming, hosts, operator, continues: taken?.run.id }, world)
  const { id, folder, record } = journal
  return {
    hosts,
    context: { reporter: journal.reporter, record, claim: claimFor(id) },
    end: async (report) => {
      const whole = { ...report, run: { id, folder } }
      await journal.end({ exitCode: report.exitCode, report: whole })
      return whole
    },
  }
}

async function takenOn({ flags, hosts }: ComingRun, { environment }: World): Promise<TakenOn | undefined> {
  const among = { hosts, folder: runsFolder(environment) }
  if (flags.resume !== undefined) return takeOnRun({ run: flags.resume, how: 'resume' }, among)
  const failed = flags['retry-failed']
  return failed === undefined ? undefined : takeOnRun({ run: failed, how: 'retry-failed' }, among)
}

function sentenceOf({ run, hosts }: TakenOn): string {
  return `goes on with ${run.id}: ${hosts.length} of its ${run.hosts.length} hosts are left`
}
