import { X509Certificate } from 'node:crypto'
import type { AppCredential } from '../../../contract/entities/app-credential.ts'
import { appCredentials } from '../../api/endpoints/app-credentials.ts'
import type { AppCredentialContext } from './app-credential-context.ts'

export interface ListedAppCredential {
  readonly id: string
  readonly name: string
  readonly namespace: string
  readonly roles: readonly string[]
  /** Where it may be used from; everywhere when empty. */
  readonly authorizedSubnets: readonly string[]
  readonly maxIssuedTokenValidity?: string
  readonly disabled: boolean
  readonly createdAt: string
  /** When its certificate ends, RFC 3339. */
  readonly expiresAt?: string
}

export interface AppCredentialList {
  readonly namespace: string
  readonly appCredentials: readonly ListedAppCredential[]
}

/** Lists the app credentials of a namespace, and of those below it where that is asked for. */
export async function listAppCredentials(
  options: { readonly recursive: boolean },
  { console, namespace, signal }: AppCredentialContext,
): Promise<AppCredentialList> {
  const found: ListedAppCredential[] = []
  const query = { namespace, recursive: options.recursive, order: ['name'] }
  for await (const one of appCredentials(console).list(query, { signal })) found.push(toListed(one))
  return { namespace, appCredentials: found }
}

function toListed(one: AppCredential): ListedAppCredential {
  const expiresAt = endOf(one.certificate)
  return {
    id: one.ID,
    name: one.name,
    namespace: one.namespace,
    roles: one.roles,
    authorizedSubnets: subnetsOf(one),
    ...(one.maxIssuedTokenValidity !== '' && { maxIssuedTokenValidity: one.maxIssuedTokenValidity }),
    disabled: one.disabled,
    createdAt: one.createTime,
    ...(expiresAt !== undefined && { expiresAt }),
  }
}

/** From where it is good. Some Consoles answer null for an empty list, which the type of a parsed object hides. */
export function subnetsOf(of: { readonly authorizedSubnets: readonly string[] | null }): readonly string[] {
  return of.authorizedSubnets ?? []
}

/** A certificate that does not parse is no reason to show no list. */
function endOf(certificatePem: string): string | undefined {
  try {
    return new Date(new X509Certificate(certificatePem).validTo).toISOString()
  } catch {
    return undefined
  }
}
