import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { groupFailures } from '../fleet-report.ts'
import { journalFiles } from './journal-files.ts'
import type { HostRecord, JournalLine, RunEnd } from './journal-line.ts'
import { isAlive } from './process-identity.ts'
import { parseRunPlan, type RunPlan } from './run-plan.ts'
import type { RunHost, RunHostState, RunRecord, RunState, RunStep } from './run-record.ts'

/** Reads a journal as far as it goes: a killed run may have written half a line. Throws APO-RUN-UNREADABLE. */
export async function readRun(folder: string): Promise<RunRecord> {
  const plan = await readRunPlan(folder)
  const lines = await readLog(join(folder, journalFiles.log))
  const end = await readEnd(join(folder, journalFiles.end))
  const hosts = hostsOf(plan, lines)
  const { user, machine } = plan.operator
  const { id, command, words, workingDir, startedAt, apoctlVersion, step } = plan
  const { console, namespace, continues } = plan
  const facts = {
    id,
    command,
    words,
    workingDir,
    startedAt,
    apoctlVersion,
    step,
    console,
    namespace,
    continues,
  }
  const ended = end === undefined ? {} : { endedAt: end.endedAt, exitCode: end.exitCode }
  return {
    ...facts,
    ...ended,
    operator: `${user}@${machine}`,
    state: stateOf(plan, end),
    hosts,
    failures: groupFailures(
      hosts.flatMap(({ host, error }) => (error === undefined ? [] : [{ host, error }])),
    ),
    counts: count(hosts),
  }
}

/** Reads only what a run set out to do. Throws APO-RUN-UNREADABLE. */
export async function readRunPlan(folder: string): Promise<RunPlan> {
  const file = join(folder, journalFiles.plan)
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ApoctlError(['APO-RUN-UNREADABLE', `${file} cannot be read`], { cause })
  })
  const plan = parseRunPlan(text)
  if (plan.ok) return plan.value
  throw new ApoctlError(['APO-RUN-UNREADABLE', `${file} is no plan of a run: ${plan.problem}`])
}

/** A process of another machine, over a shared home, cannot be asked; a run there that has no end may go on. */
function stateOf({ operator }: RunPlan, end: RunEnd | undefined): RunState {
  if (end !== undefined) return 'finished'
  return operator.machine !== hostname() || isAlive(operator) ? 'running' : 'interrupted'
}

async function readLog(file: string): Promise<readonly JournalLine[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => lineOf(line) ?? [])
}

function lineOf(text: string): JournalLine | undefined {
  try {
    const value = JSON.parse(text) as JournalLine | null
    return typeof value === 'object' && typeof value?.type === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

async function readEnd(file: string): Promise<RunEnd | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as RunEnd
  } catch (cause) {
    throw new ApoctlError(['APO-RUN-UNREADABLE', `${file} is not JSON`], { cause })
  }
}

function hostsOf(plan: RunPlan, lines: readonly JournalLine[]): readonly RunHost[] {
  const records = new Map<string, HostRecord>()
  const steps = new Map<string, RunStep[]>(plan.hosts.map((host) => [host, []]))
  for (const line of lines) {
    if (line.type === 'host' && isTelling(line, { records, plan })) records.set(line.host, line)
    else if (line.type === 'started' || line.type === 'finished') addStep(steps.get(line.subject), line)
  }
  return plan.hosts.map((host) => {
    const own = steps.get(host) ?? []
    const record = records.get(host)
    const { outcome, durationMs, error, reason } = record ?? {}
    const state = outcome ?? (own.some(({ step }) => step === plan.step) ? 'begun' : 'pending')
    return { host, state, durationMs, error, reason, steps: own }
  })
}

/** What is looked at beside the step itself counts only against a host. */
function isTelling(
  record: HostRecord,
  about: { readonly records: ReadonlyMap<string, HostRecord>; readonly plan: RunPlan },
): boolean {
  if (record.step === about.plan.step) return true
  return record.outcome === 'failed' && about.records.has(record.host)
}

function addStep(
  steps: RunStep[] | undefined,
  line: Extract<JournalLine, { readonly type: 'started' | 'finished' }>,
): void {
  if (steps === undefined) return
  const { time, step } = line
  const at = steps.findLastIndex((one) => one.step === step && one.outcome === 'begun')
  if (line.type === 'started') steps.push({ time, step, outcome: 'begun' })
  else if (at < 0) steps.push({ time, step, outcome: line.outcome })
  else steps[at] = { time: steps[at]?.time ?? time, step, outcome: line.outcome }
}

function count(hosts: readonly RunHost[]): Record<RunHostState, number> {
  const counts = { done: 0, unchanged: 0, failed: 0, begun: 0, pending: 0 }
  for (const { state } of hosts) counts[state] += 1
  return counts
}
