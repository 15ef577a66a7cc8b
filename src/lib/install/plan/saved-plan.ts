import { isRecord, parseRecord } from '../../../contract/json-record.ts'
import { parsed, problem, type Parsed } from '../../../contract/parsed.ts'
import type { PlannedStep } from './step.ts'

/** What `--plan-out` writes and `apply` carries out: what is to be done, and what the hosts were like. */
export interface SavedPlan {
  readonly format: typeof savedPlanFormat
  /** RFC 3339. */
  readonly madeAt: string
  readonly apoctlVersion: string
  /** `enforcer install linux`, and the flags it had, as words; never a secret. */
  readonly command: string
  readonly words: readonly string[]
  readonly workingDir: string
  readonly hosts: readonly PlannedHost[]
}

export interface PlannedHost {
  readonly host: string
  /** Of all that the plan for this host was worked out from: another one means that the plan is out of date. */
  readonly fingerprint: string
  readonly steps: readonly PlannedStep[]
}

export const savedPlanFormat = 'apoctl-plan/v1'

/** Reads the text of a plan. What is wrong is named; a plan that was changed by hand may still be one. */
export function parseSavedPlan(text: string): Parsed<SavedPlan> {
  const value = parseRecord(text)
  if (value === undefined) return problem('it is not a JSON object')
  if (value['format'] !== savedPlanFormat) return problem(`its format is not ${savedPlanFormat}`)
  const wrong = ['madeAt', 'apoctlVersion', 'command', 'workingDir'].find(
    (name) => typeof value[name] !== 'string',
  )
  if (wrong !== undefined) return problem(`'${wrong}' is missing or no text`)
  const { words, hosts } = value
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string'))
    return problem("'words' is no list of texts")
  if (!Array.isArray(hosts) || hosts.length === 0) return problem("'hosts' is no list, or an empty one")
  const at = hosts.findIndex((host) => !isPlannedHost(host))
  return at < 0 ? parsed(value as unknown as SavedPlan) : problem(`host ${at + 1} is not described right`)
}

function isPlannedHost(value: unknown): boolean {
  if (!isRecord(value) || !Array.isArray(value['steps'])) return false
  return typeof value['host'] === 'string' && /^[0-9a-f]{64}$/.test(String(value['fingerprint']))
}
