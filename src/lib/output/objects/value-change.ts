import { diffArrays } from 'diff'
import { canonicalJson } from '../../../contract/canonical-json.ts'
import { sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'

export interface ValueChange {
  readonly name: string
  readonly from?: unknown
  readonly to: unknown
}

/** Both on one line, when they are no longer together. */
const shortEnough = 70
/** Lines of a nested value shown around one that changes. */
const around = 2
/** Comparing takes time with the square of the differences; beyond these the old and the new are shown whole. */
const mostDifferences = 2_000

/** How the value of an attribute changes, in one line or several: old and new, or what of a long value is new. */
export function valueChange({ name, from, to }: ValueChange, theme: Theme): string[] {
  const [before, after] = [from, to].map((value) => canonicalJson(value)) as [string, string]
  if (before.length + after.length <= shortEnough)
    return [`${name}: ${theme.bad(sanitiseLine(before))} → ${theme.good(sanitiseLine(after))}`]
  const asItems = isListOfTexts(from) && isListOfTexts(to)
  const [old, young] = asItems
    ? [from.map(quoted), to.map(quoted)]
    : ([linesOf(before), linesOf(after)] as const)
  const parts = diffArrays(old, young, { maxEditLength: mostDifferences }) ?? [
    { value: old, removed: true, added: false },
    { value: young, removed: false, added: true },
  ]
  const lines = parts.flatMap((part, at) => {
    const context = asItems ? 0 : around
    const shown = { head: at === 0 ? 0 : context, tail: at === parts.length - 1 ? 0 : context }
    return linesOfPart(part, { theme, ...shown })
  })
  return [`${name}:`, ...lines.map((line) => `  ${line}`)]
}

interface Part {
  readonly value: readonly string[]
  readonly added: boolean
  readonly removed: boolean
}

/** Of what is the same only what is next to a change is shown. */
function linesOfPart(
  part: Part,
  { theme, head, tail }: { readonly theme: Theme; readonly head: number; readonly tail: number },
): string[] {
  const lines = part.value.map(sanitiseText)
  if (part.added) return lines.map((line) => theme.good(`+ ${line}`))
  if (part.removed) return lines.map((line) => theme.bad(`- ${line}`))
  const left = lines.length - head - tail
  const shown =
    left <= 1 ? lines : [...lines.slice(0, head), `… ${left} the same`, ...lines.slice(lines.length - tail)]
  return shown.map((line) => theme.dim(`  ${line}`))
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

/** JSON with its keys in order, so that only values differ. */
function linesOf(json: string): string[] {
  return JSON.stringify(JSON.parse(json), null, 2).split('\n')
}

/** Leading blanks are the shape of a nested value. */
function sanitiseText(line: string): string {
  const [blanks = ''] = /^ */.exec(line) ?? []
  return blanks + sanitiseLine(line)
}
