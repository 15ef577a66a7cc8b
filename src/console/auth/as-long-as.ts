import type { EntityDefinition } from '../../contract/entity/definition.ts'
import { RefusedRequest } from '../refused-request.ts'
import type { ObjectStore } from '../store/store.ts'

export interface Watched {
  /** Objects of this entity may change what is found. */
  readonly definition: EntityDefinition
  readonly store: Pick<ObjectStore, 'version'>
}

/**
 * What `look` found, looked at again whenever an object of the entity may have changed: a request or an event
 * socket must not outlive what vouched for it. The first refusal is the caller's, any later one means undefined.
 */
export function asLongAs<Found>({ definition, store }: Watched, look: () => Found): () => Found | undefined {
  let version = store.version(definition)
  let found: Found | undefined = look()
  return () => {
    if (store.version(definition) === version) return found
    version = store.version(definition)
    try {
      found = look()
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error
      found = undefined
    }
    return found
  }
}
