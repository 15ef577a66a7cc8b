import { enforcer } from '../../contract/entities/enforcer.ts'
import { textOf, zeroTime, type WireObject } from '../../contract/entity/definition.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import type { Draft, HookContext, StoredResource } from './resource.ts'

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
  commitCreate: (writer, { call, object }) => {
    if (call.caller?.reach === 'own') writer.bind(call.caller.principal.key, String(object['ID']))
  },
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
