import { isWithinNamespace } from '../../contract/namespace-name.ts'
import { findRole } from './roles.ts'
import { intersection, permissionsOf, type Permissions } from './permissions.ts'

/** That somebody may do something somewhere. An app credential is one; a matching policy is another. */
export interface Grant {
  /** It holds in each of these namespaces and below them. */
  readonly namespaces: readonly string[]
  readonly permissions: Permissions
  /** Roles that may be given to others without having them. */
  readonly mayGive: readonly string[]
  /** `fallback` counts only where nothing firm was granted. `implied` is everybody's, and no access to speak of. */
  readonly weight: 'firm' | 'fallback' | 'implied'
}

export function grantOf(
  roles: readonly string[],
  where: { readonly namespaces: readonly string[]; readonly weight?: 'fallback' },
): Grant {
  return {
    namespaces: where.namespaces,
    permissions: permissionsOf(roles),
    mayGive: roles.flatMap((role) => findRole(role)?.mayGive ?? []),
    weight: where.weight ?? 'firm',
  }
}

/** The grants as a restricted token has them: no further than both, and nothing to give beyond that. */
export function restrictGrants(grants: readonly Grant[], permissions: Permissions): readonly Grant[] {
  return grants.map((grant) => ({
    ...grant,
    permissions: intersection(grant.permissions, permissions),
    mayGive: [],
  }))
}

/** The grants that count in a namespace. */
export function grantsIn(grants: readonly Grant[], namespace: string): readonly Grant[] {
  const there = grants.filter(({ namespaces }) => namespaces.some((top) => isWithinNamespace(namespace, top)))
  const isFirm = there.some(({ weight }) => weight === 'firm')
  return isFirm ? there.filter(({ weight }) => weight !== 'fallback') : there
}
