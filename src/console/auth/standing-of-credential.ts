import { credentialIdOf } from '../../contract/app-credential-name.ts'
import { appCredential } from '../../contract/entities/app-credential.ts'
import type { WireObject } from '../../contract/entity/definition.ts'
import { refuse } from '../refused-request.ts'
import type { ObjectStore } from '../store/store.ts'
import { asLongAs } from './as-long-as.ts'
import type { TokenClaims } from './claims.ts'
import { grantOf } from './grants.ts'
import { checkNetworks } from './networks.ts'
import type { PrincipalContext, Standing } from './standing.ts'

/** An app credential carries its roles itself. Refuses with 401 when it is gone, disabled or renewed. */
export function standingOfCredential(claims: TokenClaims, context: PrincipalContext): Standing {
  const { store, clientAddress } = context
  const id = credentialIdOf(claims.data['commonName'] ?? '') ?? ''
  const grants = asLongAs({ definition: appCredential, store }, () => {
    const credential = credentialOf(claims, store)
    checkNetworks(clientAddress, credential['authorizedSubnets'] as readonly string[])
    const namespaces = [String(credential['namespace'])]
    return [grantOf(credential['roles'] as readonly string[], { namespaces })]
  })
  return { key: `credential:${id}`, credentialId: id, grants: () => grants() ?? [] }
}

function credentialOf(claims: TokenClaims, store: Pick<ObjectStore, 'find'>): WireObject {
  const id = credentialIdOf(claims.data['commonName'] ?? '')
  const stored = id === undefined ? undefined : store.find(appCredential, id)
  if (stored === undefined) throw refuse(401, 'The app credential of the token does not exist any more')
  if (stored.object['disabled'] === true) throw refuse(401, 'The app credential of the token is disabled')
  if (stored.internal['certificateSN'] !== claims.data['serialNumber']) {
    throw refuse(401, 'The app credential of the token was renewed; log in with the new one')
  }
  return stored.object
}
