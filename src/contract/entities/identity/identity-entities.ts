import type { EntityDefinition } from '../../entity/definition.ts'
import { accessibleNamespace } from './accessible-namespace.ts'
import { account } from './account.ts'
import { apiAuthorizationPolicy } from './api-authorization-policy.ts'
import { apiCheck } from './api-check.ts'
import { logout } from './logout.ts'
import { oidcProvider } from './oidc-provider.ts'

/** Who may do what, and who says who somebody is. */
export const identityEntities: readonly EntityDefinition[] = [
  accessibleNamespace,
  account,
  apiAuthorizationPolicy,
  apiCheck,
  logout,
  oidcProvider,
]
