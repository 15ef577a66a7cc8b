import { createHash } from 'node:crypto'
import { credentialIdOf } from '../../contract/app-credential-name.ts'
import { appCredential } from '../../contract/entities/app-credential.ts'
import type { WireObject } from '../../contract/entity/definition.ts'
import { authTags } from '../../contract/tags/auth-tags.ts'
import { refuse } from '../refused-request.ts'
import type { ObjectStore } from '../store/store.ts'
import type { TokenClaims } from './claims.ts'
import { grantOf, restrictGrants, type Grant } from './grants.ts'
import { isInNetworks } from './networks.ts'
import { permissionsOf } from './permissions.ts'
import { checkAccount, ownAccount } from './local-account.ts'
import type { PolicyBook } from './policy-book.ts'

/** Who makes a request: what a token claims, and what these claims are worth now. */
export interface Principal {
  readonly claims: TokenClaims
  /** Names the caller in what the store remembers for it. */
  readonly key: string
  /** Empty for whoever is no app credential, or only acts for one. */
  readonly credentialId: string
  /** Asked anew each time: policies come and go while a token and an event socket live. */
  grants(): readonly Grant[]
}

export interface PrincipalContext {
  readonly store: Pick<ObjectStore, 'find'>
  readonly policies: PolicyBook
  readonly clientAddress: string
}

/** What is known about somebody, before the restrictions of the token. */
type Standing = Pick<Principal, 'key' | 'credentialId' | 'grants'>

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

/** An app credential carries its roles itself. */
function standingOfCredential(claims: TokenClaims, { store, clientAddress }: PrincipalContext): Standing {
  const credential = credentialOf(claims, store)
  checkNetworks(clientAddress, credential['authorizedSubnets'] as readonly string[])
  const id = String(credential['ID'])
  const namespaces = [String(credential['namespace'])]
  const grants = [grantOf(credential['roles'] as readonly string[], { namespaces })]
  return { key: `credential:${id}`, credentialId: id, grants: () => grants }
}

/** Everybody else has what the policies give to such claims. */
function standingOfClaims(claims: TokenClaims, context: PrincipalContext): Standing {
  const { policies, clientAddress } = context
  if (claims.realm === 'vince') checkAccount(claims, context.store)
  const tags = authTags(claims)
  const key = `claims:${createHash('sha256').update(JSON.stringify(tags)).digest('hex')}`
  const always: readonly Grant[] = claims.realm === 'vince' ? [ownAccount] : []
  return { key, credentialId: '', grants: () => [...policies.grantsOf(tags, clientAddress), ...always] }
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

function checkNetworks(address: string, networks: readonly string[]): void {
  if (!isInNetworks(address, networks)) throw refuse(403, `The token cannot be used from ${address}`)
}
