import { credentialIdOf } from '../../contract/app-credential-name.ts'
import { appCredential } from '../../contract/entities/app-credential.ts'
import { account } from '../../contract/entities/identity/account.ts'
import { apiAuthorizationPolicy } from '../../contract/entities/identity/api-authorization-policy.ts'
import { namespace } from '../../contract/entities/namespace.ts'
import { textOf } from '../../contract/entity/definition.ts'
import type { TokenClaims } from '../auth/claims.ts'
import type { ObjectEvent } from '../services.ts'

/** Whether the event may have changed who a reader with these claims is, or what it may see. */
export function mayChangeReader({ identity, type, object }: ObjectEvent, claims: TokenClaims): boolean {
  // Credentials and policies go with their namespace, without a word about each.
  if (identity === namespace.name) return type === 'delete'
  if (identity === apiAuthorizationPolicy.name) return claims.realm !== 'certificate'
  if (type === 'create') return false
  if (identity === account.name) return claims.data['id'] === textOf(object, 'ID')
  if (identity !== appCredential.name) return false
  return credentialIdOf(claims.data['commonName'] ?? '') === textOf(object, 'ID')
}
