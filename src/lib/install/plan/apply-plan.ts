import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Reporter } from '../../progress/reporter.ts'
import type { Gate } from './gate.ts'
import type { Step } from './step.ts'

/** How long bringing a host back may take, whatever stopped the work. */
const rollbackLimitMs = 3 * 60_000

export interface ApplyContext {
  /** Who the host is, for people. */
  readonly subject: string
  readonly gate: Gate
  /** A gate over a new connection, for when the first one broke in the middle. */
  readonly reopen: () => Promise<Gate>
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

/**
 * Does the steps in order, then `verify`. When anything fails, or the person interrupts, the steps
 * that were begun are undone in reverse, over a new connection if the first one broke, and the failure
 * is passed on, saying whether the host is as it was before.
 */
export async function applyPlan(
  work: { readonly steps: readonly Step[]; readonly verify: () => Promise<void> },
  context: ApplyContext,
): Promise<void> {
  const begun: Step[] = []
  try {
    for (const step of work.steps) {
      context.signal.throwIfAborted()
      begun.push(step)
      await doStep(step, context)
    }
    await work.verify()
  } catch (failure) {
    const problem = await rollBack(begun.reverse(), context)
    throw withRollback(failure, { subject: context.subject, problem, changed: begun.length > 0 })
  }
}

async function doStep(step: Step, context: ApplyContext): Promise<void> {
  const { reporter, subject } = context
  reporter.report({ type: 'started', subject, step: step.title })
  try {
    await context.gate.pass(step.change, context.signal)
  } catch (error) {
    reporter.report({ type: 'finished', subject, step: step.title, outcome: 'failed' })
    throw error
  }
  reporter.report({ type: 'finished', subject, step: step.title, outcome: 'done', isPart: true })
}

/** Undoes steps, newest first, as far as it can; says what could not be undone. */
async function rollBack(steps: readonly Step[], context: ApplyContext): Promise<string | undefined> {
  if (steps.length === 0) return undefined
  const { reporter, subject } = context
  const title = 'bring the host back to what it was'
  reporter.report({ type: 'started', subject, step: title })
  // The work's own signal may be what stopped it; bringing back has its own time.
  const signal = AbortSignal.timeout(rollbackLimitMs)
  const problem = await undoAll(steps, { context, signal })
  reporter.report({
    type: 'finished',
    subject,
    step: title,
    outcome: problem === undefined ? 'done' : 'failed',
  })
  if (problem !== undefined) reporter.report({ type: 'warning', subject, text: problem })
  return problem
}

async function undoAll(
  steps: readonly Step[],
  by: { readonly context: ApplyContext; readonly signal: AbortSignal },
): Promise<string | undefined> {
  let gate = by.context.gate
  let reopened = false
  for (const step of steps) {
    try {
      await gate.pass(step.undo, by.signal)
    } catch (error) {
      if (reopened) return `"${step.title}" could not be undone: ${messageOf(error)}`
      try {
        gate = await by.context.reopen()
        reopened = true
        await gate.pass(step.undo, by.signal)
      } catch (second) {
        return `"${step.title}" could not be undone: ${messageOf(second)}`
      }
    }
  }
  return undefined
}

function withRollback(
  failure: unknown,
  rollback: { readonly subject: string; readonly problem: string | undefined; readonly changed: boolean },
): unknown {
  if (!(failure instanceof ApoctlError)) return failure
  const { subject, problem, changed } = rollback
  if (!changed) return failure
  const state =
    problem === undefined
      ? `${subject} is as it was before.`
      : `${subject} is half changed: ${problem}. Run the same command again: it goes on from there.`
  return failure.restated({ hints: [...failure.hints, state] })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
