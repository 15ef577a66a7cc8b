import type { WireObject } from '../../contract/entity/definition.ts'
import { importSteps } from '../../contract/exchange/import-steps.ts'
import type { ObjectEvent } from '../services.ts'
import type { StoreWriter } from '../store/store.ts'
import { changeImported, makeImported, removeImported, type ImportContext } from './import-object.ts'
import type { ImportPlan } from './import-plan.ts'
import { madeByLabel } from './made-by-label.ts'
import { portable } from './portable.ts'
import type { HookContext, StoredResource } from './resource.ts'

/**
 * Makes true what an import wants, and gives what to tell. An object that the same label made under the same
 * name stays itself and is changed; what the label made and does not want any more goes. In one transaction:
 * whoever calls opens it.
 */
export function carryOutImport(
  plan: ImportPlan,
  carrying: HookContext & { writer: StoreWriter },
): ObjectEvent[] {
  const context = { ...carrying, label: plan.label }
  return portable.flatMap((resource) => {
    const objects = plan.wanted.filter((each) => each.resource === resource).flatMap((each) => each.objects)
    return carryOut(resource, { ...context, objects })
  })
}

function carryOut(
  resource: StoredResource,
  context: ImportContext & { readonly objects: readonly WireObject[] },
): ObjectEvent[] {
  const steps = importSteps(context.objects, madeByLabel(resource.definition, context))
  return steps.flatMap((step) => {
    switch (step.do) {
      case 'create':
        return makeImported(resource, { ...context, wanted: step.wanted })
      case 'keep':
        return changeImported(resource, { ...context, wanted: step.wanted, existing: step.former })
      case 'delete':
        return [removeImported(resource, { ...context, object: step.former })]
    }
  })
}
