import { isRecord, parseRecord } from '../../../contract/json-record.ts'
import { parsed, problem, type Parsed } from '../../../contract/parsed.ts'

/** What a run set out to do: the first thing in its journal, and what `--resume` begins with. */
export interface RunPlan {
  readonly format: typeof runPlanFormat
  readonly id: string
  /** `enforcer install linux`. */
  readonly command: string
  /** The flags it ran with, wherever they came from, as words of a command line; never a secret. */
  readonly words: readonly string[]
  readonly workingDir: string
  /** RFC 3339. */
  readonly startedAt: string
  readonly apoctlVersion: string
  readonly operator: RunOperator
  /** What hosts are counted by: `install`. */
  readonly step: string
  /** Their names, in the order in which they are attempted. */
  readonly hosts: readonly string[]
  /** Address of the Console and namespace; absent where the Console was left alone. */
  readonly console?: string | undefined
  readonly namespace?: string | undefined
  /** The run whose hosts these were before. */
  readonly continues?: string | undefined
}

/** Who runs it, where, and as which process: so that a run that died is told from one that goes on. */
export interface RunOperator {
  readonly user: string
  readonly machine: string
  /** Of this start of the machine; empty where it has none. Names of machines are not unique. */
  readonly bootId: string
  readonly pid: number
  /** When the process started, in ticks since the machine did; empty where it cannot be told. */
  readonly startedTicks: string
}

export const runPlanFormat = 'apoctl-run/v1'

const texts = ['id', 'command', 'workingDir', 'startedAt', 'apoctlVersion', 'step'] as const
const lists = ['words', 'hosts'] as const

/** Reads `plan.json` of a journal. */
export function parseRunPlan(text: string): Parsed<RunPlan> {
  const value = parseRecord(text)
  if (value === undefined) return problem('it is not a JSON object')
  if (value['format'] !== runPlanFormat) return problem(`its format is not ${runPlanFormat}`)
  const wrong =
    texts.find((name) => typeof value[name] !== 'string') ??
    lists.find((name) => !isListOfTexts(value[name])) ??
    (isOperator(value['operator']) ? undefined : 'operator')
  return wrong === undefined ? parsed(value as unknown as RunPlan) : problem(`'${wrong}' is missing or wrong`)
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isOperator(value: unknown): boolean {
  return isRecord(value) && Number.isSafeInteger(value['pid']) && typeof value['machine'] === 'string'
}
