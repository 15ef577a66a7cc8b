import { audienceWithin, parseAudience } from '../../contract/audience.ts'
import type { IssueDraft } from '../../contract/entities/issue.ts'
import { isWithinNamespace } from '../../contract/namespace-name.ts'
import { refuse } from '../refused-request.ts'
import type { TokenClaims, TokenRestrictions } from './claims.ts'
import { areWithinNetworks } from './networks.ts'
import { isCovered, permissionsOf } from './permissions.ts'

type Narrowable = Omit<TokenClaims, 'exp' | 'iat' | 'iss'>

/** Adds the restrictions a client asks for to those that hold already. A token may only get narrower. */
export function narrow<Claims extends Narrowable>(claims: Claims, wanted: IssueDraft): Claims {
  const held = claims.restrictions ?? {}
  return {
    ...claims,
    opaque: { ...wanted.opaque, ...claims.opaque },
    quota: narrowQuota(claims.quota, wanted.quota),
    aud: narrowAudience(claims.aud, wanted.audience),
    restrictions: withoutUndefined({
      perms: narrowPermissions(held.perms, wanted.restrictedPermissions),
      namespace: narrowNamespace(held.namespace, wanted.restrictedNamespace),
      networks: narrowNetworks(held.networks, wanted.restrictedNetworks),
    }),
  }
}

function narrowQuota(held: number | undefined, wanted: number | undefined): number | undefined {
  if (wanted === undefined || wanted === 0) return held
  return held === undefined ? wanted : Math.min(held, wanted)
}

function narrowAudience(held: string | undefined, wanted: string | undefined): string | undefined {
  if (wanted === undefined || wanted === '') return held
  if (held === undefined) return wanted
  const [inner, outer] = [parseAudience(wanted), parseAudience(held)]
  if (!inner.ok || !outer.ok || !audienceWithin(inner.value, outer.value)) throw widens('audience')
  return wanted
}

function narrowPermissions(
  held: readonly string[] | undefined,
  wanted: readonly string[] | undefined,
): readonly string[] | undefined {
  if (wanted === undefined || wanted.length === 0) return held
  if (held !== undefined && !isCovered(permissionsOf(wanted), permissionsOf(held))) {
    throw widens('restrictedPermissions')
  }
  return wanted
}

function narrowNamespace(held: string | undefined, wanted: string | undefined): string | undefined {
  if (wanted === undefined || wanted === '') return held
  if (held !== undefined && !isWithinNamespace(wanted, held)) throw widens('restrictedNamespace')
  return wanted
}

function narrowNetworks(
  held: readonly string[] | undefined,
  wanted: readonly string[] | undefined,
): readonly string[] | undefined {
  if (wanted === undefined || wanted.length === 0) return held
  if (held !== undefined && !areWithinNetworks(wanted, held)) throw widens('restrictedNetworks')
  return wanted
}

function widens(attribute: string): Error {
  return refuse(403, {
    text: `Attribute '${attribute}' may only restrict the token further`,
    data: { attribute },
  })
}

function withoutUndefined(restrictions: Record<keyof TokenRestrictions, unknown>): TokenRestrictions {
  return Object.fromEntries(Object.entries(restrictions).filter(([, value]) => value !== undefined))
}
