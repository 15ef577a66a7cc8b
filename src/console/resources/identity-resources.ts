import { accounts } from './accounts.ts'
import { apiAuthorizationPolicies } from './api-authorization-policies.ts'
import { oidcProviders } from './oidc-providers.ts'
import type { StoredResource } from './resource.ts'

/** Who may do what, and who says who somebody is. */
export const identityResources: readonly StoredResource[] = [
  accounts,
  apiAuthorizationPolicies,
  oidcProviders,
]
