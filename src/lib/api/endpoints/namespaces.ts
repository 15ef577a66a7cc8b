import type { Namespace } from '../../../contract/entities/namespace.ts'
import type { ConsoleClient } from '../console-client.ts'
import { collectionOf, type Collection } from './collection.ts'

/** Source: section 2.5 of the contract. On creation `name` is the last part only; in answers the full path. */
export function namespaces(console: ConsoleClient): Collection<Namespace> {
  return collectionOf<Namespace>('namespaces', console)
}
