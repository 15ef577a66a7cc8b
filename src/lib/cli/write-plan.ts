import { access, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { HostResult } from '../fleet/fleet-report.ts'
import { savedPlanFormat, type PlannedHost, type SavedPlan } from '../install/plan/saved-plan.ts'
import type { PlannedStep } from '../install/plan/step.ts'
import type { CommandContext } from './context.ts'

/** What became of a host that was looked at, as far as a plan is concerned. */
export type PlannedValue =
  | { readonly change: 'planned'; readonly steps: readonly PlannedStep[]; readonly fingerprint: string }
  | { readonly change: string }

/** Throws APO-INPUT-FILE for a file that is there, before anybody has waited for a plan. */
export async function checkPlanFile(
  file: string,
  { environment }: Pick<CommandContext, 'environment'>,
): Promise<void> {
  const isThere = await access(resolve(environment.workingDir, file)).then(
    () => true,
    () => false,
  )
  if (isThere) throw notWritten(file, { code: 'EEXIST' })
}

/** Writes what was planned into a new file, mode 0600; where nothing was, it warns instead. Throws APO-INPUT-FILE. */
export async function writePlan(
  made: {
    readonly file: string
    readonly command: string
    readonly words: readonly string[]
    readonly rows: readonly HostResult<PlannedValue>[]
  },
  context: Pick<CommandContext, 'clock' | 'environment' | 'reporter' | 'version'>,
): Promise<void> {
  const { file, command, words, rows } = made
  const { environment, reporter } = context
  const hosts = rows.flatMap((row) => plannedHost(row) ?? [])
  if (hosts.length === 0) {
    reporter.report({ type: 'warning', subject: file, text: 'not written: there is no host to plan for' })
    return
  }
  const plan: SavedPlan = {
    format: savedPlanFormat,
    madeAt: new Date(context.clock.nowMs()).toISOString(),
    apoctlVersion: context.version,
    command,
    words,
    workingDir: environment.workingDir,
    hosts,
  }
  await writeNew(resolve(environment.workingDir, file), `${JSON.stringify(plan, undefined, 2)}\n`)
  const left = rows.length - hosts.length
  const without = left === 0 ? '' : `, without the ${left} that cannot be changed as they are`
  const text = `the plan for ${hosts.length} host(s)${without}; carry it out: apoctl apply ${file}`
  reporter.report({ type: 'note', subject: file, text })
}

function plannedHost(row: HostResult<PlannedValue>): PlannedHost | undefined {
  if (row.outcome !== 'ok' || !('fingerprint' in row.value)) return undefined
  const { steps, fingerprint } = row.value
  return { host: row.host, fingerprint, steps }
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    throw notWritten(file, cause)
  }
}

function notWritten(file: string, cause: unknown): ApoctlError {
  const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST'
  return new ApoctlError(['APO-INPUT-FILE', `${file} ${exists ? 'is there already' : 'cannot be written'}`], {
    hints: ['Give another file, or move that one away.'],
    cause,
  })
}
