import { ApoctlError } from '../errors/apoctl-error.ts'
import type { RunEnvironment } from './run-environment.ts'
import { runsFolder } from './runs-folder.ts'
import { valueOfFlag } from './value-of-flag.ts'

const flags = ['--resume', '--retry-failed'] as const

/** The words of the run that a command line goes on with; none where it goes on with none. Throws APO-RUN-*. */
export async function resumedWords(
  typed: { readonly argv: readonly string[]; readonly command: string },
  environment: RunEnvironment,
): Promise<{ readonly words: readonly string[]; readonly source: string }> {
  const given = flags.flatMap((flag) => valueOfFlag(typed.argv, flag) ?? [])
  const [asked] = given
  if (asked === undefined) return { words: [], source: '' }
  const [{ findRun }, { readRunPlan }] = await Promise.all([
    import('../fleet/journal/find-run.ts'),
    import('../fleet/journal/read-run.ts'),
  ])
  const plan = await readRunPlan(await findRun(runsFolder(environment), asked))
  if (plan.command !== typed.command)
    throw new ApoctlError(['APO-RUN-CHANGED', `run ${plan.id} was of another command`], {
      hints: [`apoctl ${plan.command} --resume ${plan.id}`],
    })
  // Its words may name files as they are seen from there.
  if (plan.workingDir !== environment.workingDir)
    throw new ApoctlError(['APO-RUN-CHANGED', `run ${plan.id} was started in another folder`], {
      hints: [`cd ${plan.workingDir} && apoctl ${plan.command} --resume ${plan.id}`],
    })
  return { words: plan.words, source: `run ${plan.id}` }
}
