import type { EntityDefinition, Operation, WireObject } from '../../contract/entity/definition.ts'
import { appCredential } from '../../contract/entities/app-credential.ts'
import { audienceCovers, parseAudience } from '../../contract/audience.ts'
import { isWithinNamespace } from '../../contract/namespace-name.ts'
import { refuse } from '../refused-request.ts'
import type { ObjectStore } from '../store/store.ts'
import type { TokenClaims } from './claims.ts'
import { credentialIdOf } from './app-credential-name.ts'
import { isInNetworks } from './networks.ts'
import { intersection, permissionsOf, reachOf, type Permissions, type Reach } from './permissions.ts'

/** Who makes a request. */
export interface Principal {
  readonly claims: TokenClaims
  /** Names the caller in what the store remembers for it. */
  readonly key: string
  readonly credentialId: string
  readonly namespace: string
  readonly permissions: Permissions
  /** Roles of the credential that still hold under the restrictions of the token. */
  readonly roles: readonly string[]
}

/**
 * Who a token speaks for now: the app credential may have been disabled, renewed or deleted since the
 * token was made, and then the token is worth nothing.
 */
export function principalOf(
  claims: TokenClaims,
  from: { readonly store: Pick<ObjectStore, 'find'>; readonly clientAddress: string },
): Principal {
  const credential = credentialOf(claims, from.store)
  const restrictions = claims.restrictions ?? {}
  const networks = [...(restrictions.networks ?? [])]
  const subnets = credential['authorizedSubnets'] as readonly string[]
  if (!isInNetworks(from.clientAddress, networks) || !isInNetworks(from.clientAddress, subnets)) {
    throw refuse(403, `The token cannot be used from ${from.clientAddress}`)
  }
  const roles = credential['roles'] as readonly string[]
  const own = permissionsOf(roles)
  const { perms } = restrictions
  const id = String(credential['ID'])
  return {
    claims,
    // A restricted token acts for whoever holds it, not for the credential it came from.
    key: perms === undefined ? `credential:${id}` : `token:${claims.jti}`,
    credentialId: perms === undefined ? id : '',
    namespace: String(credential['namespace']),
    permissions: perms === undefined ? own : intersection(own, permissionsOf(perms)),
    roles: perms === undefined ? roles : [],
  }
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

export interface WantedAccess {
  readonly definition: EntityDefinition
  readonly operation: Operation
  readonly namespace: string
}

/** Whether the caller may do this there, and to whose objects; refuses with 403 if not at all. */
export function authorize(principal: Principal, wanted: WantedAccess): Reach {
  const { definition, operation, namespace } = wanted
  const { restrictions, aud } = principal.claims
  const inside =
    isWithinNamespace(namespace, principal.namespace) &&
    (restrictions?.namespace === undefined || isWithinNamespace(namespace, restrictions.namespace))
  const names = [definition.name, definition.category]
  if (!inside || !isInAudience(aud, { operation, names, namespace })) throw forbidden(wanted)
  const reach = reachOf(principal.permissions, { name: definition.name, operation })
  if (reach === undefined) throw forbidden(wanted)
  return reach
}

function isInAudience(aud: string | undefined, subject: Parameters<typeof audienceCovers>[1]): boolean {
  if (aud === undefined || aud === '') return true
  const audience = parseAudience(aud)
  return audience.ok && audienceCovers(audience.value, subject)
}

function forbidden({ definition, operation, namespace }: WantedAccess): Error {
  return refuse(403, `You are not allowed to ${operation} ${definition.name} in namespace '${namespace}'`)
}
