import type { ConsoleClient } from '../../api/console-client.ts'
import { issueToken } from '../../api/endpoints/issue.ts'
import type { TokenTerms } from '../../api/token-terms.ts'
import type { Secret } from '../../secrets/secret.ts'

export const enforcerRole = '@auth:role=enforcer'

export interface NarrowTokenContext {
  readonly console: ConsoleClient
  readonly namespace: string
  readonly signal: AbortSignal
}

/** Asks for a token that may do less than ours, and in one namespace only. */
export async function narrowToken(
  terms: Pick<TokenTerms, 'restrictedPermissions' | 'validity'>,
  by: NarrowTokenContext,
): Promise<Secret> {
  const { console, namespace, signal } = by
  const request = {
    realm: 'AporetoIdentityToken',
    metadata: { token: await console.token({ signal }) },
    restrictedNamespace: namespace,
    ...terms,
  } as const
  return issueToken(request, { console, signal })
}
