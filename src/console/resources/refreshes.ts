import { enforcer } from '../../contract/entities/enforcer.ts'
import { processingUnit } from '../../contract/entities/processing-unit.ts'
import { enforcerRefresh } from '../../contract/entities/refreshes/enforcer-refresh.ts'
import { processingUnitRefresh } from '../../contract/entities/refreshes/processing-unit-refresh.ts'
import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { newObject } from '../../contract/entity/zero-value.ts'
import { matchesTagExpression, type TagExpression } from '../../contract/tags/tag-expression.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import { newId } from './create-object.ts'
import { findAll } from './find-all.ts'
import type { HookContext, VirtualResource } from './resource.ts'

/** Asks the enforcer of a processing unit for something. Whoever listens hears it; nothing is kept. */
const processingUnitRefreshes: VirtualResource = {
  kind: 'virtual',
  definition: processingUnitRefresh,
  access: 'token',
  create: (object, { call, services }) => {
    const unit = services.store.find(processingUnit, call.parent?.id ?? '')
    if (unit === undefined) throw refuse(404, 'Unable to find the processing unit')
    return Promise.resolve(refreshUnit({ unit: unit.object, options: object }, services))
  },
  mayHear: (object, { principal, services }) => {
    const unit = services.store.find(processingUnit, textOf(object, 'ID'))
    return services.store.boundTo(principal.key).includes(textOf(unit?.object, 'enforcerID'))
  },
}

/** Sends the event, and gives what it said. */
export function refreshUnit(
  what: { readonly unit: WireObject; readonly options: WireObject },
  services: ConsoleServices,
): WireObject {
  const { unit, options } = what
  const object = {
    ...newObject(processingUnitRefresh),
    ...options,
    ID: unit['ID'],
    namespace: unit['namespace'],
    refreshID: newId(nowOf(services)),
  }
  services.publish({ type: 'create', identity: processingUnitRefresh.name, object })
  return object
}

/** As above for enforcers: one, or all of a namespace and below whose tags match. */
const enforcerRefreshes: VirtualResource = {
  kind: 'virtual',
  definition: enforcerRefresh,
  access: 'token',
  create: (object, context) => {
    const { call, services } = context
    const targets = call.parent === undefined ? selected(object, context) : [parentOf(context)]
    for (const { ID, namespace } of targets) {
      const event = { ...object, ID, namespace }
      services.publish({ type: 'create', identity: enforcerRefresh.name, object: event })
    }
    const [only] = targets
    const about = call.parent === undefined ? { namespace: call.namespace } : { ID: only?.['ID'] }
    return Promise.resolve({ ...object, namespace: only?.['namespace'] ?? call.namespace, ...about })
  },
  mayHear: (object, { principal, services }) =>
    services.store.boundTo(principal.key).includes(textOf(object, 'ID')),
}

function parentOf({ call, services }: HookContext): WireObject {
  const stored = services.store.find(enforcer, call.parent?.id ?? '')
  if (stored === undefined) throw refuse(404, 'Unable to find the enforcer')
  return stored.object
}

function selected(object: WireObject, { call, services }: HookContext): readonly WireObject[] {
  const selector = (object['selector'] ?? []) as TagExpression
  if (selector.length === 0) {
    throw refuse(422, { text: "Attribute 'selector' is required", data: { attribute: 'selector' } })
  }
  const objects = findAll({ definition: enforcer, namespace: call.namespace }, services)
  return objects.filter((found) =>
    matchesTagExpression(selector, new Set(found['normalizedTags'] as readonly string[])),
  )
}

export const refreshes: readonly VirtualResource[] = [processingUnitRefreshes, enforcerRefreshes]
