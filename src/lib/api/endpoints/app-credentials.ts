import { commonNameOf } from '../../../contract/app-credential-name.ts'
import type { AppCredential } from '../../../contract/entities/app-credential.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { CertificationRequest, RequestSubject } from '../../secrets/key-pair.ts'
import type { LoginCredential } from '../login-credential.ts'
import type { ConsoleClient } from '../console-client.ts'
import { collectionOf, type Collection, type WriteOptions } from './collection.ts'

export interface NewAppCredential {
  readonly name: string
  /** `@auth:role=…` */
  readonly roles: readonly string[]
  readonly description?: string
  readonly authorizedSubnets?: readonly string[]
  readonly maxIssuedTokenValidity?: string
  readonly metadata?: readonly string[]
}

export interface AppCredentials extends Collection<AppCredential> {
  /** Has a key that was made here certified as a new app credential; the key itself does not travel. */
  certify(
    wanted: NewAppCredential,
    how: WriteOptions & { readonly key: CertificationRequest },
  ): Promise<LoginCredential>
  /**
   * Has another key certified for an app credential that exists; its certificates so far stop being good.
   * The request has to be for `renewalSubject(stored)`. As the contract has it, the whole object is sent.
   */
  renew(
    stored: AppCredential,
    how: WriteOptions & { readonly key: CertificationRequest },
  ): Promise<LoginCredential>
}

/** Whom the request of a renewal must be for. Source: section 2.4 of the contract. */
export function renewalSubject(stored: Pick<AppCredential, 'ID' | 'name' | 'namespace'>): RequestSubject {
  const { ID: id, name, namespace } = stored
  return { commonName: commonNameOf({ id, name }), organization: namespace }
}

export function appCredentials(console: ConsoleClient): AppCredentials {
  const collection = collectionOf<AppCredential>('appcredentials', console)
  return {
    ...collection,
    async certify(wanted, { key, ...how }) {
      const created = await collection.create({ ...wanted, CSR: key.requestPem }, how)
      return assemble(created, key)
    },
    async renew(stored, { key, ...how }) {
      const to = { ...stored, CSR: key.requestPem }
      return assemble(await collection.update({ id: stored.ID, to }, how), key)
    },
  }
}

function assemble(created: AppCredential, key: CertificationRequest): LoginCredential {
  const { credentials } = created
  if (!credentials?.certificate || !credentials.certificateAuthority)
    throw new ApoctlError([
      'APO-API-ANSWER',
      `the Console certified app credential ${created.ID} without giving its certificate`,
    ])
  const pem = (base64: string) => Buffer.from(base64, 'base64').toString('utf8')
  return {
    api: credentials.APIURL,
    id: created.ID,
    name: created.name,
    namespace: created.namespace,
    certificatePem: pem(credentials.certificate),
    privateKeyPem: key.privateKeyPem,
    authorityPem: pem(credentials.certificateAuthority),
  }
}
