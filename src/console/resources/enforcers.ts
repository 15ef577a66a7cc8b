import { enforcer } from '../../contract/entities/enforcer.ts'
import { processingUnit } from '../../contract/entities/processing-unit.ts'
import { textOf, zeroTime, type EntityDefinition, type WireObject } from '../../contract/entity/definition.ts'
import { allOf, type Filter } from '../../contract/filter/filter.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import type { StoreWriter } from '../store/store.ts'
import type { Draft, HookContext, RemovedObject, StoredResource } from './resource.ts'

/** Enforcers: one for each credential of an enforcer, bound to it when it registers. */
export const enforcers: StoredResource = {
  kind: 'stored',
  definition: enforcer,
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
  own: (principal, services) => ({
    kind: 'comparison',
    key: 'ID',
    operator: 'in',
    value: services.store.boundTo(principal.key),
  }),
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
  const same = equals({ machineID, FQDN: FQDN ?? '' })
  for (const former of listAll(
    { definition: enforcer, filter: same, below: namespace ?? '', recursive: false },
    services,
  )) {
    const isHeard = former['operationalStatus'] === 'Connected' && !isUnreachable(former, services)
    const id = String(former['ID'])
    if (isHeard || id === ID) continue
    removeUnits(id, { writer, services })
    writer.remove(enforcer, id)
  }
}

/** The processing units of an enforcer are nobody's without it. */
function removeUnits(enforcerID: string, { writer, services }: Removing): RemovedObject[] {
  const units = listAll(
    { definition: processingUnit, filter: equals({ enforcerID }), below: '/', recursive: true },
    services,
  )
  for (const unit of units) writer.remove(processingUnit, String(unit['ID']))
  return units.map((object) => ({ definition: processingUnit, object }))
}

function equals(values: Readonly<Record<string, string>>): Filter | undefined {
  return allOf(
    Object.entries(values).map(
      ([key, value]) => ({ kind: 'comparison', key, operator: '==', value }) as const,
    ),
  )
}

function listAll(
  what: {
    readonly definition: EntityDefinition
    readonly filter: Filter | undefined
    readonly below: string
    readonly recursive: boolean
  },
  services: ConsoleServices,
): readonly WireObject[] {
  const { definition, filter, below, recursive } = what
  return services.store.list(definition, {
    filter,
    scope: { namespace: below, recursive, propagated: false },
    order: [],
    paging: { type: 'all' },
    now: nowOf(services),
    complete: (object) => object,
  }).objects
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
