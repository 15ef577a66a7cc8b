import type { EntityDefinition } from '../../contract/entity/definition.ts'
import { keysOf } from '../../contract/filter/filter.ts'
import { parseFilter } from '../../contract/filter/parse.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { attributeHints } from './resource.ts'

/**
 * Checks a filter before the Console sees it. Throws APO-INPUT-VALUE; its hints show the filter with a mark
 * under the place where it goes wrong.
 */
export function checkFilter(entity: EntityDefinition, filter: string | undefined): void {
  if (filter === undefined) return
  const parsed = parseFilter(filter)
  if (!parsed.ok)
    throw new ApoctlError(['APO-INPUT-VALUE', `the filter cannot be read: ${parsed.problem}`], {
      hints: pointAt(filter, parsed.at ?? 0),
    })
  const unknown = keysOf(parsed.value).find((key) => !Object.hasOwn(entity.attributes, key))
  if (unknown === undefined) return
  const problem = `the filter names "${unknown}", which is no attribute of ${entity.category}`
  const at = Array.from(filter.slice(0, Math.max(0, filter.indexOf(unknown)))).length
  throw new ApoctlError(['APO-INPUT-VALUE', problem], {
    hints: [...pointAt(filter, at), ...attributeHints(entity, unknown)],
  })
}

/** Long filters are cut around the place, so that the mark stands where it should on any terminal. */
const before = 40
const after = 20

function pointAt(filter: string, at: number): string[] {
  const characters = Array.from(filter.replaceAll('\n', ' '))
  const start = Math.max(0, at - before)
  const shown = characters.slice(start, at + after).join('')
  const lead = start > 0 ? '…' : ''
  const tail = characters.length > at + after ? '…' : ''
  return [`${lead}${shown}${tail}`, `${'.'.repeat(lead.length + at - start)}^ here`]
}
