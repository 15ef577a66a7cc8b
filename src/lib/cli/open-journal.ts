import { openRunJournal, type RunJournal } from '../fleet/journal/run-journal.ts'
import type { RunPlan } from '../fleet/journal/run-plan.ts'
import { sweepRuns } from '../fleet/journal/sweep-runs.ts'
import { Secret } from '../secrets/secret.ts'
import type { ComingRun } from './coming-run.ts'
import type { CommandContext } from './context.ts'
import { runsFolder } from './runs-folder.ts'

/** Opens the journal of a run of this process; the oldest others make room. Throws APO-RUN-JOURNAL. */
export async function openJournal(
  coming: ComingRun & Pick<RunPlan, 'operator' | 'continues'>,
  { environment, reporter, version }: Pick<CommandContext, 'environment' | 'reporter' | 'version'>,
): Promise<RunJournal> {
  const { command, words, step, hosts, console, operator, continues } = coming
  const plan = {
    command,
    words,
    step,
    workingDir: environment.workingDir,
    apoctlVersion: version,
    operator,
    hosts: hosts.map(({ name }) => name),
    console: console?.api,
    namespace: console?.namespace,
    continues,
  }
  const folder = runsFolder(environment)
  const secrets = secretsOf(coming, environment.env)
  await sweepRuns(folder)
  return openRunJournal(plan, { folder, now: () => new Date(), shown: reporter, secrets })
}

/** What we were given to get in with, should something say it. */
function secretsOf({ flags }: ComingRun, env: CommandContext['environment']['env']): readonly Secret[] {
  const named = Object.entries(env).filter(([name]) => /^APOCTL_.*(PASSWORD|PASSPHRASE|TOKEN)$/.test(name))
  return [flags.token, ...named.map(([, value]) => value)].flatMap((text) =>
    text === undefined || text === '' ? [] : [new Secret(text)],
  )
}
