import { debugBundle } from '../../contract/entities/refreshes/debug-bundle.ts'
import { where } from './find-all.ts'
import type { StoredResource } from './resource.ts'

/** What enforcers say they collected. The model says nothing of how a file itself travels. */
export const debugBundles: StoredResource = {
  kind: 'stored',
  definition: debugBundle,
  prepareCreate: ({ object }, { call }) => {
    object['enforcerID'] = call.parent?.id ?? ''
  },
  below: ({ object }) => ({ filter: where('enforcerID', ['==', String(object['ID'])]) }),
  own: (principal, services) => where('enforcerID', ['in', services.store.boundTo(principal.key)]),
}
