import { commonNameOf } from '../../contract/app-credential-name.ts'
import { appCredential } from '../../contract/entities/app-credential.ts'
import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { makeKey, pemOf } from '../auth/key-file.ts'
import { checkMayGive } from '../auth/authorize.ts'
import { findRole } from '../auth/roles.ts'
import { refuse } from '../refused-request.ts'
import type { ConsoleServices } from '../services.ts'
import type { Draft, HookContext, StoredResource } from './resource.ts'

/** App credentials: certified when they are created or renewed; nobody gives away what they have not. */
export const appCredentials: StoredResource = {
  kind: 'stored',
  definition: appCredential,
  prepareCreate: async (draft, context) => {
    checkRoles(draft.object, context)
    await certify(draft, context)
  },
  prepareUpdate: async (draft, context) => {
    const { stored, call } = context
    // Whoever renews a credential holds it afterwards: its present roles count too.
    checkRoles(stored.object, context)
    if (call.caller?.reach === 'own') {
      draft.object = { ...stored.object, CSR: draft.object['CSR'] }
    }
    checkRoles(draft.object, context)
    if (textOf(draft.object, 'CSR') !== '') await certify(draft, context)
  },
  own: (principal) => ({ kind: 'comparison', key: 'ID', operator: '==', value: principal.credentialId }),
  forRepeat: (answer) => {
    const credentials = answer['credentials'] as WireObject | null
    return { ...answer, credentials: credentials && { ...credentials, certificateKey: '' } }
  },
}

function checkRoles(object: WireObject, { call }: HookContext): void {
  const wanted = object['roles'] as readonly string[]
  const unknown = wanted.find((role) => findRole(role) === undefined)
  if (unknown !== undefined) {
    throw refuse(422, { text: `There is no role '${unknown}'; see /roles`, data: { attribute: 'roles' } })
  }
  const principal = call.caller?.principal
  if (principal === undefined) return
  checkMayGive(principal, { roles: wanted, namespaces: [String(object['namespace'])] })
}

/** Makes the certificate, and the key too when the client sent no request. */
async function certify(draft: Draft, { services }: { readonly services: ConsoleServices }): Promise<void> {
  const { object } = draft
  const id = String(object['ID'])
  const name = String(object['name'])
  const namespace = String(object['namespace'])
  const subject = { commonName: commonNameOf({ id, name }), organization: namespace }
  const csr = textOf(object, 'CSR')
  const key = csr === '' ? makeKey() : undefined
  const issued = await (key === undefined
    ? services.authority.certifyRequest(csr, subject)
    : services.authority.certifyClient(key, subject))
  object['CSR'] = ''
  object['certificate'] = issued.pem
  draft.internal['certificateSN'] = issued.serialNumber
  draft.extra['credentials'] = {
    APIURL: services.url,
    ID: id,
    name,
    namespace,
    certificate: base64(issued.pem),
    certificateKey: key === undefined ? '' : base64(pemOf(key)),
    certificateAuthority: base64(services.authority.pem),
  }
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

/** The administrator's app credential of the first start, outside of any request. */
export async function certifyCredential(object: WireObject, services: ConsoleServices): Promise<Draft> {
  const draft: Draft = { object, internal: {}, extra: {} }
  await certify(draft, { services })
  return draft
}
