import type { IssueDraft, Realm } from '../../../contract/entities/issue.ts'
import type { TokenClaims } from '../claims.ts'
import type { OutsideFetch } from '../outside-fetch.ts'

export type CloudRealm = Extract<Realm, 'AWSSecurityToken' | 'GCPIdentityToken' | 'AzureIdentityToken'>

/** Who somebody is, as a cloud says. */
export type CloudIdentity = Pick<TokenClaims, 'realm' | 'data' | 'sub'>

/** Looks at the proof in a request; refuses with 422 what is none, with 401 what the cloud does not confirm. */
export type Identify = (wanted: IssueDraft) => Promise<CloudIdentity>

export interface CloudContext {
  readonly fetch: OutsideFetch
  readonly nowMs: () => number
}

/** A cloud cannot be asked, or answers in a way that it should not. Nobody's proof is wrong by that. */
export class CloudSilent extends Error {
  override readonly name = 'CloudSilent'
}

/** The claims of an identity; what the cloud did not say is left out. */
export function cloudIdentity(
  realm: Lowercase<CloudRealm>,
  said: { readonly subject: string } & Readonly<Record<string, string | undefined>>,
): CloudIdentity {
  const known = Object.entries(said).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return { realm, data: { ...Object.fromEntries(known), realm }, sub: said.subject }
}
