import type { WireObject } from '../../../contract/entity/definition.ts'
import { importSteps } from '../../../contract/exchange/import-steps.ts'
import type { ObjectsByKind } from '../../api/endpoints/exchange.ts'
import type { CheckedObject } from './checked-import.ts'

/**
 * Objects of an earlier export and new ones, kinds of which there is none left out. A new object takes the
 * place of the one of its name.
 */
export function addedObjects(before: readonly CheckedObject[], added: ObjectsByKind): ObjectsByKind {
  const kinds = [...new Set([...before.map(({ entity }) => entity.category), ...Object.keys(added)])]
  const both = kinds.map((kind) => {
    const former = before.filter(({ entity }) => entity.category === kind).map(({ object }) => object)
    return [kind, laidOver(former, added[kind] ?? [])] as const
  })
  return Object.fromEntries(both.filter(([, objects]) => objects.length > 0))
}

function laidOver(before: readonly WireObject[], added: readonly WireObject[]): readonly WireObject[] {
  const steps = importSteps(added, before)
  const replaced = new Map(
    steps.flatMap((step) => (step.do === 'keep' ? [[step.former, step.wanted] as const] : [])),
  )
  const others = steps.flatMap((step) => (step.do === 'create' ? [step.wanted] : []))
  return [...before.map((object) => replaced.get(object) ?? object), ...others]
}
