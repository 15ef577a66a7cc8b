import { labelProblem } from '../../../contract/exchange/import-label.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { checkNewObject } from '../drafts/check-draft.ts'
import type { CheckedImport, CheckedObject } from './checked-import.ts'
import type { WrittenExport, WrittenKind } from './written-export.ts'

/** So many wrong objects are told at once. */
const mostTold = 20

/**
 * Checks exports as the Console will, and puts together what has the same label: one import replaces all that
 * its label made before, so a second one would take away what the first has made. Throws APO-INPUT-FILE that
 * names every wrong object by file and line, and APO-INPUT-MISSING for an export without a label.
 */
export function checkExports(
  exports: readonly WrittenExport[],
  options: { /** Instead of their own. */ readonly label?: string | undefined } = {},
): readonly CheckedImport[] {
  const byLabel = new Map<string, CheckedObject[]>()
  const problems: ApoctlError[] = []
  for (const written of exports) {
    const label = labelOf(written, options)
    const checked = written.kinds.flatMap(checkKind)
    problems.push(...checked.filter((one) => one instanceof ApoctlError))
    const objects = checked.filter((one): one is CheckedObject => !(one instanceof ApoctlError))
    byLabel.set(label, [...(byLabel.get(label) ?? []), ...objects])
  }
  refuseWrong(problems)
  return [...byLabel].map(([label, objects]) => ({ label, objects }))
}

function checkKind({ entity, items }: WrittenKind): (CheckedObject | ApoctlError)[] {
  return items.map((item) => {
    if (item instanceof ApoctlError) return item
    try {
      return { entity, object: checkNewObject(entity, item), where: item.where() }
    } catch (error) {
      if (error instanceof ApoctlError) return error
      throw error
    }
  })
}

function labelOf(
  written: WrittenExport,
  { label = written.label }: { readonly label?: string | undefined },
): string {
  if (label === '')
    throw new ApoctlError(['APO-INPUT-MISSING', `${written.where}: the export has no label`], {
      hints: ['Give --label NAME: a later import with the same label replaces what this one makes.'],
    })
  const wrong = labelProblem(label)
  if (wrong === undefined) return label
  throw new ApoctlError(['APO-INPUT-FILE', `${written.where}: ${wrong}, and "${label}" does`])
}

function refuseWrong(problems: readonly ApoctlError[]): void {
  const [first, ...others] = problems
  if (first === undefined) return
  if (others.length === 0) throw first
  const told = problems.slice(0, mostTold).map(({ message }) => message)
  const rest = problems.length > mostTold ? [`… and ${problems.length - mostTold} more`] : []
  throw new ApoctlError(['APO-INPUT-FILE', `${problems.length} objects are wrong, and nothing was sent`], {
    hints: [...told, ...rest],
  })
}
