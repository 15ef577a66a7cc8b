import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Reporter } from '../../progress/reporter.ts'
import { createRedactor, type Redactor } from '../../secrets/redactor.ts'
import { writeSecretFile } from '../../secrets/secret-file.ts'
import { Secret } from '../../secrets/secret.ts'
import { journalFiles } from './journal-files.ts'
import type { HostRecord, JournalLine, RunEnd } from './journal-line.ts'
import { runPlanFormat, type RunPlan } from './run-plan.ts'

/** Keeps what a run does while it does it, so that it can be read, compared and gone on with. */
export interface RunJournal {
  readonly id: string
  readonly folder: string
  /** Writes every event down before it is shown. */
  readonly reporter: Reporter
  readonly record: (host: HostRecord) => void
  end(how: Omit<RunEnd, 'endedAt'>): Promise<void>
}

export interface JournalWorld {
  /** `~/.apoctl/runs`. */
  readonly folder: string
  readonly now: () => Date
  readonly shown: Reporter
  /** What must not be written down, whatever says it. */
  readonly secrets?: readonly Secret[] | undefined
}

/**
 * Begins the journal of a run. Throws APO-RUN-JOURNAL when it cannot be written: then no host was touched.
 * Later on, a journal that cannot be written is a warning, and the hosts come first.
 */
export async function openRunJournal(
  plan: Omit<RunPlan, 'format' | 'id' | 'startedAt'>,
  world: JournalWorld,
): Promise<RunJournal> {
  const now = world.now()
  const id = newRunId(now)
  const folder = join(world.folder, id)
  const redactor = createRedactor(world.secrets)
  const write = (file: string, value: object): Promise<void> =>
    writeSecretFile(join(folder, file), new Secret(`${toJson(value, redactor)}\n`))
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const whole: RunPlan = { ...plan, format: runPlanFormat, id, startedAt: now.toISOString() }
    await write(journalFiles.plan, whole)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ApoctlError(['APO-RUN-JOURNAL', `the journal ${folder} cannot be written: ${why}`], { cause })
  }
  const append = appender(join(folder, journalFiles.log), { ...world, redactor })
  return {
    id,
    folder,
    reporter: {
      report(event) {
        // Whole exchanges with the Console, for who looks for a fault now.
        if (event.type !== 'trace') append(event)
        world.shown.report(event)
      },
    },
    record: (host) => append({ type: 'host', ...host }),
    end: (how) => write(journalFiles.end, { endedAt: world.now().toISOString(), ...how }),
  }
}

type Untimed<Line> = Line extends unknown ? Omit<Line, 'time'> : never

/** Each line is in the file before the run goes on. The first one that is not is told, the others are not. */
function appender(
  file: string,
  { now, shown, redactor }: Pick<JournalWorld, 'now' | 'shown'> & { readonly redactor: Redactor },
): (line: Untimed<JournalLine>) => void {
  let isBroken = false
  return (line) => {
    if (isBroken) return
    try {
      const text = toJson({ time: now().toISOString(), ...line }, redactor)
      appendFileSync(file, `${text}\n`, { mode: 0o600 })
    } catch (error) {
      isBroken = true
      const why = error instanceof Error ? error.message : String(error)
      const text = `cannot be written any more, and ends here: ${why}`
      shown.report({ type: 'warning', subject: 'journal', text })
    }
  }
}

/** Text by text, so that what takes the place of a secret never takes a quotation mark with it. */
function toJson(value: object, redactor: Redactor): string {
  return JSON.stringify(value, (_name, each: unknown) =>
    typeof each === 'string' ? redactor.redact(each) : each,
  )
}

/** Sorts by time; the letters tell runs of one second apart. */
function newRunId(now: Date): string {
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  return `${time}-${randomBytes(2).toString('hex')}`
}
