import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { CertificationRequest } from '../../secrets/key-pair.ts'
import type { AppCredential } from '../app-credential.ts'
import type { CallOptions } from '../call.ts'
import type { ConsoleClient } from '../console-client.ts'
import { collectionOf, type Collection } from './collection.ts'

/** Source: section 2.4 of the contract. */
export interface AppCredentialObject {
  readonly ID: string
  readonly name: string
  readonly namespace: string
  readonly roles: readonly string[]
  readonly CSR?: string
  readonly disabled: boolean
  readonly description: string
  readonly authorizedSubnets: readonly string[] | null
  readonly maxIssuedTokenValidity: string
  readonly metadata: readonly string[] | null
  readonly createTime: string
  /** Only in the answers to creating and renewing. The PEM fields are base64 of the PEM text. */
  readonly credentials?: {
    readonly APIURL: string
    readonly ID: string
    readonly name: string
    readonly namespace: string
    readonly certificate: string
    readonly certificateAuthority: string
  } | null
}

export interface NewAppCredential {
  readonly name: string
  /** `@auth:role=…` */
  readonly roles: readonly string[]
  readonly description?: string
  readonly authorizedSubnets?: readonly string[]
  readonly maxIssuedTokenValidity?: string
  readonly metadata?: readonly string[]
}

export interface AppCredentials extends Collection<AppCredentialObject> {
  /** Has a key that was made here certified as a new app credential; the key itself does not travel. */
  certify(
    wanted: NewAppCredential,
    how: CallOptions & { readonly key: CertificationRequest; readonly namespace?: string | undefined },
  ): Promise<AppCredential>
}

export function appCredentials(console: ConsoleClient): AppCredentials {
  const collection = collectionOf<AppCredentialObject>('appcredentials', console)
  return {
    ...collection,
    async certify(wanted, { key, ...how }) {
      const created = await collection.create({ ...wanted, CSR: key.requestPem }, how)
      return assemble(created, key)
    },
  }
}

function assemble(created: AppCredentialObject, key: CertificationRequest): AppCredential {
  const { credentials } = created
  if (!credentials?.certificate || !credentials.certificateAuthority)
    throw new ApoctlError([
      'APO-API-ANSWER',
      `the Console made app credential ${created.ID} without a certificate`,
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
