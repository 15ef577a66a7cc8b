import type { TokenClaims } from './claims.ts'
import { restrictGrants } from './grants.ts'
import { checkNetworks } from './networks.ts'
import { permissionsOf } from './permissions.ts'
import type { PrincipalContext, Standing } from './standing.ts'
import { standingOfClaims } from './standing-of-claims.ts'
import { standingOfCredential } from './standing-of-credential.ts'

/** Who makes a request: what a token claims, and what these claims are worth now. */
export interface Principal extends Standing {
  readonly claims: TokenClaims
}

/**
 * Who a token speaks for now. What vouched for it may have been disabled, renewed or deleted since the
 * token was made, and then the token is worth nothing.
 */
export function principalOf(claims: TokenClaims, context: PrincipalContext): Principal {
  const { networks = [], perms } = claims.restrictions ?? {}
  checkNetworks(context.clientAddress, networks)
  const standing =
    claims.realm === 'certificate' ? standingOfCredential(claims, context) : standingOfClaims(claims, context)
  if (perms === undefined) return { claims, ...standing }
  const permissions = permissionsOf(perms)
  return {
    claims,
    // A restricted token acts for whoever holds it, not for whom it came from.
    key: `token:${claims.jti}`,
    credentialId: '',
    grants: () => restrictGrants(standing.grants(), permissions),
  }
}
