import type { WireObject } from '../../contract/entity/definition.ts'
import { isSet } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ObjectEvent } from '../services.ts'
import type { StoreWriter } from '../store/store.ts'
import { checkAllowed } from './check-allowed.ts'
import { draftOf, insertObject } from './create-object.ts'
import { portable, portablePart } from './portable.ts'
import { labelTag, madeByLabel, numberedNames } from './import-label.ts'
import type { ImportPlan } from './import-plan.ts'
import type { HookContext, StoredResource } from './resource.ts'
import { toShown, toStored } from './stored-object.ts'

interface Carrying extends HookContext {
  readonly writer: StoreWriter
  readonly label: string
}

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
  context: Carrying & { readonly objects: readonly WireObject[] },
): ObjectEvent[] {
  const nameFormer = numberedNames()
  const former = new Map(
    madeByLabel(resource.definition, context).map((object) => [nameFormer(object), object]),
  )
  const nameWanted = numberedNames()
  const events: ObjectEvent[] = []
  for (const wanted of context.objects) {
    const key = nameWanted(wanted)
    const existing = former.get(key)
    former.delete(key)
    events.push(
      ...(existing === undefined
        ? create(resource, { ...context, wanted })
        : change(resource, { ...context, wanted, existing })),
    )
  }
  return [...events, ...[...former.values()].map((object) => remove(resource, { ...context, object }))]
}

function create(
  resource: StoredResource,
  context: Carrying & { readonly wanted: WireObject },
): readonly ObjectEvent[] {
  const { writer, label, wanted, services } = context
  const { definition } = resource
  checkAllowed('create', { resource, context })
  const metadata = wanted['metadata'] as readonly string[]
  const marked = label === '' ? wanted : { ...wanted, metadata: [...metadata, labelTag(label)] }
  const draft = draftOf(resource, { ...context, decoded: marked })
  const object = toStored(definition, draft.object)
  insertObject(writer, { definition, object, internal: draft.internal })
  return [event('create', { resource, object: toShown(resource, { object, services, single: true }) })]
}

function change(
  resource: StoredResource,
  context: Carrying & { readonly wanted: WireObject; readonly existing: WireObject },
): readonly ObjectEvent[] {
  const { writer, wanted, existing, services } = context
  const { definition } = resource
  const same = JSON.stringify(
    portablePart(definition, { ...existing, ...settable(resource, { wanted, existing }) }),
  )
  if (same === JSON.stringify(portablePart(definition, existing))) return []
  checkAllowed('update', { resource, context })
  const stored = writer.find(definition, String(existing['ID']))
  if (stored === undefined) return []
  const updateTime = nowOf(services).toISOString()
  const object = toStored(definition, {
    ...existing,
    ...settable(resource, { wanted, existing }),
    updateTime,
  })
  writer.replace(definition, { ...stored, object })
  return [event('update', { resource, object: toShown(resource, { object, services, single: true }) })]
}

/** What an import may change about an object that is there. */
function settable(
  { definition }: StoredResource,
  { wanted, existing }: { readonly wanted: WireObject; readonly existing: WireObject },
): WireObject {
  const fixed = Object.entries(definition.attributes)
    .filter(([, attribute]) => attribute.readOnly === true || attribute.creationOnly === true)
    .map(([name]) => [name, existing[name]] as const)
  return { ...wanted, ...Object.fromEntries(fixed) }
}

function remove(resource: StoredResource, context: Carrying & { readonly object: WireObject }): ObjectEvent {
  const { writer, object, call, services } = context
  checkAllowed('delete', { resource, context })
  if (object['protected'] === true && !isSet(call, 'override')) {
    throw refuse(
      403,
      `'${String(object['name'])}' is protected; only a request with override=true removes it`,
    )
  }
  writer.remove(resource.definition, String(object['ID']))
  return event('delete', { resource, object: toShown(resource, { object, services, single: true }) })
}

function event(
  type: ObjectEvent['type'],
  { resource, object }: { readonly resource: StoredResource; readonly object: WireObject },
): ObjectEvent {
  return { type, identity: resource.definition.name, object }
}
