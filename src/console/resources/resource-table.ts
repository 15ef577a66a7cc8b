/* eslint-disable budgets/few-own-imports -- a table of all there is */
import { appCredentials } from './app-credentials.ts'
import { debugBundles } from './debug-bundles.ts'
import { enforcers } from './enforcers.ts'
import { enforcerRefreshes } from './enforcer-refreshes.ts'
import { exportResource } from './export-objects.ts'
import { identityResources } from './identity-resources.ts'
import { importReferences, imports } from './imports.ts'
import { createNamespaces } from './namespaces.ts'
import { pingRequests } from './ping-requests.ts'
import { pingProbes, pingResults } from './pings.ts'
import { policies } from './policies.ts'
import { processingUnits } from './processing-units.ts'
import { processingUnitRefreshes } from './processing-unit-refreshes.ts'
import type { Resource, StoredResource } from './resource.ts'
import { virtualResources } from './virtual-resources.ts'

const inNamespaces: readonly StoredResource[] = [
  ...identityResources,
  appCredentials,
  enforcers,
  processingUnits,
  ...policies,
  pingResults,
  pingProbes,
  debugBundles,
  importReferences,
]

/** Entities that the store keeps. */
export const storedResources: readonly StoredResource[] = [
  createNamespaces(inNamespaces.map(({ definition }) => definition)),
  ...inNamespaces,
]

/** Everything that this Console serves; other entities of the contract it knows only by name. */
export const everyResource: readonly Resource[] = [
  ...storedResources,
  ...virtualResources,
  processingUnitRefreshes,
  enforcerRefreshes,
  pingRequests,
  exportResource,
  imports,
]
