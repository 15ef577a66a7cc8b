import { processingUnit } from '../../contract/entities/processing-unit.ts'
import { processingUnitRefresh } from '../../contract/entities/refreshes/processing-unit-refresh.ts'
import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { newObject } from '../../contract/entity/zero-value.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices, type ObjectEvent } from '../services.ts'
import { newId } from './create-object.ts'
import { writeOnce } from './idempotency.ts'
import type { VirtualResource } from './resource.ts'

/** Asks the enforcer of a processing unit for something. Whoever listens hears it; nothing is kept. */
export const processingUnitRefreshes: VirtualResource = {
  kind: 'virtual',
  definition: processingUnitRefresh,
  access: 'token',
  create: (object, context) => {
    const { call, services } = context
    const unit = services.store.find(processingUnit, call.parent?.id ?? '')
    if (unit === undefined) throw refuse(404, 'Unable to find the processing unit')
    const event = refreshOfUnit({ unit: unit.object, options: object }, services)
    return Promise.resolve(writeOnce(context, () => ({ answer: event.object, events: [event] })))
  },
  mayHear: (object, { principal, services }) => {
    const unit = services.store.find(processingUnit, textOf(object, 'ID'))
    return services.store.boundTo(principal.key).includes(textOf(unit?.object, 'enforcerID'))
  },
}

/** The event by which the enforcer of a processing unit is asked for something. */
export function refreshOfUnit(
  what: { readonly unit: WireObject; readonly options: WireObject },
  services: ConsoleServices,
): ObjectEvent {
  const { unit, options } = what
  const object = {
    ...newObject(processingUnitRefresh),
    ...options,
    ID: unit['ID'],
    namespace: unit['namespace'],
    refreshID: newId(nowOf(services)),
  }
  return { type: 'create', identity: processingUnitRefresh.name, object }
}
