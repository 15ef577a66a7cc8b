import { processingUnit } from '../../contract/entities/processing-unit.ts'
import { refuse } from '../refused-request.ts'
import { unitsOfRuleSet } from './below-policies.ts'
import { where } from './find-all.ts'
import type { Draft, HookContext, StoredResource } from './resource.ts'

/** Processing units: an enforcer writes only those that are under its own name. */
export const processingUnits: StoredResource = {
  kind: 'stored',
  definition: processingUnit,
  policeable: true,
  prepareCreate: checkEnforcer,
  prepareUpdate: checkEnforcer,
  below: unitsOfRuleSet,
  own: (principal, services) => where('enforcerID', ['in', services.store.boundTo(principal.key)]),
}

function checkEnforcer({ object }: Draft, { call, services }: HookContext): void {
  if (call.caller?.reach !== 'own') return
  const own = services.store.boundTo(call.caller.principal.key)
  const claimed = String(object['enforcerID'])
  if (!own.includes(claimed)) throw refuse(403, `Enforcer '${claimed}' is not yours`)
}
