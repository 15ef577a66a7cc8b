import { enforcer } from '../../contract/entities/enforcer.ts'
import { processingUnit } from '../../contract/entities/processing-unit.ts'
import { textOf, zeroTime, type WireObject } from '../../contract/entity/definition.ts'
import { allOf } from '../../contract/filter/filter.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import type { StoreWriter } from '../store/store.ts'
import { enforcersOfMapping } from './below-policies.ts'
import { findAll, where } from './find-all.ts'
import type { Draft, HookContext, RemovedObject, StoredResource } from './resource.ts'

/** Enforcers: one for each credential of an enforcer, bound to it when it registers. */
export const enforcers: StoredResource = {
  kind: 'stored',
  definition: enforcer,
  policeable: true,
  prepareCreate: async (draft, context) => {
    const { call, services } = context
    const caller = call.caller?.reach === 'own' ? call.caller.principal : undefined
    const [former] = caller?.credentialId ? services.store.boundTo(caller.key) : []
    if (former !== undefined) throw refuse(403, `This credential has registered enforcer ${former} already`)
    await certifyEnforcer(draft, context)
  },
  prepareUpdate: (draft, context) => certifyEnforcer(draft, context),
  commitCreate: (writer, { call, object, services }) => {
    if (call.caller?.reach !== 'own') return
    removePredecessors(object, { writer, services })
    writer.bind(call.caller.principal.key, String(object['ID']))
  },
  commitDelete: (writer, { object, services }) => removeUnits(String(object['ID']), { writer, services }),
  complete: (object, { services, single }) => ({
    ...object,
    unreachable: isUnreachable(object, services),
    localCA: single ? services.authority.pem : '',
  }),
  below: enforcersOfMapping,
  own: (principal, services) => where('ID', ['in', services.store.boundTo(principal.key)]),
}

interface Removing {
  readonly writer: StoreWriter
  readonly services: ConsoleServices
}

/**
 * A host that lost its credential registers anew, and cannot see what it was before. Its former self, the
 * same machine of the same name that nobody hears from any more, makes room.
 */
function removePredecessors(object: WireObject, { writer, services }: Removing): void {
  const { ID, machineID, FQDN, namespace } = object as Record<string, string>
  if (machineID === undefined || machineID === '') return
  const same = allOf([where('machineID', ['==', machineID]), where('FQDN', ['==', FQDN ?? ''])])
  const wanted = { definition: enforcer, filter: same, namespace: namespace ?? '', recursive: false }
  for (const former of findAll(wanted, services)) {
    const isHeard = former['operationalStatus'] === 'Connected' && !isUnreachable(former, services)
    const id = String(former['ID'])
    if (isHeard || id === ID) continue
    removeUnits(id, { writer, services })
    writer.remove(enforcer, id)
  }
}

/** The processing units of an enforcer are nobody's without it. */
function removeUnits(enforcerID: string, { writer, services }: Removing): RemovedObject[] {
  const filter = where('enforcerID', ['==', enforcerID])
  const units = findAll({ definition: processingUnit, filter }, services)
  for (const unit of units) writer.remove(processingUnit, String(unit['ID']))
  return units.map((object) => ({ definition: processingUnit, object }))
}

async function certifyEnforcer({ object }: Draft, { services }: HookContext): Promise<void> {
  const csr = textOf(object, 'certificateRequest')
  if (csr === '') return
  const subject = { commonName: String(object['ID']), organization: String(object['namespace']) }
  const issued = await services.authority.certifyRequest(csr, subject)
  object['certificate'] = issued.pem
  object['certificateRequest'] = ''
}

/** Nothing heard for the time that is allowed; one that was never heard is judged by its creation. */
function isUnreachable(object: WireObject, services: ConsoleServices): boolean {
  const heard = object['lastSyncTime'] === zeroTime ? object['createTime'] : object['lastSyncTime']
  return nowOf(services).getTime() - Date.parse(String(heard)) > services.limits.unreachableAfterMs
}
