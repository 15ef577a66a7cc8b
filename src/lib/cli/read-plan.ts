import { ApoctlError } from '../errors/apoctl-error.ts'
import { parseSavedPlan, type SavedPlan } from '../install/plan/saved-plan.ts'
import { readInputText } from './read-input-text.ts'
import type { RunEnvironment } from './run-environment.ts'

/** Reads a plan; `-` is standard input. Throws APO-INPUT-FILE, and APO-PLAN-CHANGED in another folder. */
export async function readPlan(file: string, environment: RunEnvironment): Promise<SavedPlan> {
  const { name, content } = await readInputText(file, environment)
  const plan = parseSavedPlan(content)
  if (!plan.ok)
    throw new ApoctlError(['APO-INPUT-FILE', `${name} is no plan: ${plan.problem}`], {
      hints: ['Make one with --plan-out FILE: apoctl enforcer install linux … --plan-out plan.json'],
    })
  // Its words may name files as they are seen from there.
  if (plan.value.workingDir === environment.workingDir) return plan.value
  throw new ApoctlError(['APO-PLAN-CHANGED', `${name} was made in another folder`], {
    hints: [`cd ${plan.value.workingDir}, and apply it there.`],
  })
}
