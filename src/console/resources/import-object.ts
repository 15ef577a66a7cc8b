import type { WireObject } from '../../contract/entity/definition.ts'
import { labelTag, withoutPlace } from '../../contract/exchange/import-label.ts'
import { importChanges } from '../../contract/exchange/import-steps.ts'
import { isSet } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ObjectEvent } from '../services.ts'
import type { StoreWriter } from '../store/store.ts'
import { checkAllowed } from './check-allowed.ts'
import { draftOf, insertObject } from './create-object.ts'
import type { HookContext, StoredResource } from './resource.ts'
import { toShown, toStored } from './stored-object.ts'

export interface ImportContext extends HookContext {
  readonly writer: StoreWriter
  readonly label: string
}

/** Makes one object that an import wants, marked with its label. */
export function makeImported(
  resource: StoredResource,
  context: ImportContext & { readonly wanted: WireObject },
): readonly ObjectEvent[] {
  const { writer, label, wanted, services } = context
  const { definition } = resource
  checkAllowed('create', { resource, context })
  // A file may come from a list, and say which import made an object where it was.
  const metadata = [...withoutPlace(wanted['metadata']), ...(label === '' ? [] : [labelTag(label)])]
  const draft = draftOf(resource, { ...context, decoded: { ...wanted, metadata } })
  const object = toStored(definition, draft.object)
  insertObject(writer, { definition, object, internal: draft.internal })
  return [event('create', { resource, object: toShown(resource, { object, services, single: true }) })]
}

/** Makes an object what an import wants it to be; nothing to tell when it is that already. */
export function changeImported(
  resource: StoredResource,
  context: ImportContext & { readonly wanted: WireObject; readonly existing: WireObject },
): readonly ObjectEvent[] {
  const { writer, wanted, existing, services } = context
  const { definition } = resource
  if (importChanges(definition, { wanted, former: existing }).length === 0) return []
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

/** Takes an object away that an import made and does not want any more. */
export function removeImported(
  resource: StoredResource,
  context: ImportContext & { readonly object: WireObject },
): ObjectEvent {
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
