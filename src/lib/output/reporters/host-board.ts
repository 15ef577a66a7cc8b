import type { ProgressEvent } from '../../progress/progress-event.ts'

export type SubjectState = 'waiting' | 'running' | 'done' | 'unchanged' | 'failed' | 'skipped'

/** Somebody whom progress is about: a host of a fleet, a Console, a file. */
export interface Subject {
  readonly name: string
  readonly isHost: boolean
  state: SubjectState
  /** What is being done, the whole before its parts. */
  readonly steps: string[]
  sinceMs: number
  untilMs: number
}

/** The wave that is under way. */
export interface RunningWave {
  readonly step: string
  readonly number: number
  readonly count: number
  readonly sinceMs: number
}

/** What is going on, as far as events have told. */
export interface HostBoard {
  readonly subjects: ReadonlyMap<string, Subject>
  readonly wave: RunningWave | undefined
  hear(event: ProgressEvent, nowMs: number): void
}

export function createHostBoard(): HostBoard {
  const subjects = new Map<string, Subject>()
  let wave: RunningWave | undefined
  return {
    subjects,
    get wave() {
      return wave
    },
    hear(event, nowMs) {
      if (event.type === 'wave') wave = beginWave(subjects, { event, nowMs, sinceMs: wave?.sinceMs ?? nowMs })
      if (event.type === 'started') start(subjects, { ...event, nowMs })
      if (event.type === 'finished') finish(subjects, { ...event, nowMs })
    },
  }
}

interface BegunWave {
  readonly event: Extract<ProgressEvent, { type: 'wave' }>
  readonly nowMs: number
  /** When the first wave began. */
  readonly sinceMs: number
}

/** The first wave of a run begins with nobody on the board. */
function beginWave(subjects: Map<string, Subject>, { event, nowMs, sinceMs }: BegunWave): RunningWave {
  const { step, number, count, hosts } = event
  if (number === 1) subjects.clear()
  for (const name of hosts) subjects.set(name, subject({ name, isHost: true }, nowMs))
  return { step, number, count, sinceMs: number === 1 ? nowMs : sinceMs }
}

function subject(who: Pick<Subject, 'name' | 'isHost'>, nowMs: number): Subject {
  return { ...who, state: 'waiting', steps: [], sinceMs: nowMs, untilMs: nowMs }
}

interface Told {
  readonly subject: string
  readonly step: string
  readonly nowMs: number
}

function start(subjects: Map<string, Subject>, { subject: name, step, nowMs }: Told): void {
  const known = subjects.get(name) ?? subject({ name, isHost: false }, nowMs)
  subjects.set(name, known)
  if (known.state !== 'running') known.sinceMs = nowMs
  known.state = 'running'
  known.steps.push(step)
}

/** A host is done with the step that it began with; what ends before is a part of it. */
function finish(
  subjects: Map<string, Subject>,
  told: Told & Pick<Extract<ProgressEvent, { type: 'finished' }>, 'outcome'>,
): void {
  const known = subjects.get(told.subject)
  if (known === undefined) return
  const at = known.steps.lastIndexOf(told.step)
  if (at > 0) {
    known.steps.splice(at)
    return
  }
  known.steps.length = 0
  known.state = told.outcome
  known.untilMs = told.nowMs
  if (!known.isHost) subjects.delete(told.subject)
}
