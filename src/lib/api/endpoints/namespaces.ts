import type { ConsoleClient } from '../console-client.ts'
import { collectionOf, type Collection } from './collection.ts'

/** Source: section 2.5 of the contract. On creation `name` is the last part only. */
export interface NamespaceObject {
  readonly ID: string
  /** The full path, in answers. */
  readonly name: string
  readonly namespace: string
  readonly description: string
  readonly type: string
  readonly defaultEnforcerVersion: string
  readonly defaultPUIncomingTrafficAction: 'Allow' | 'Reject' | 'Inherit'
  readonly defaultPUOutgoingTrafficAction: 'Allow' | 'Reject' | 'Inherit'
}

export function namespaces(console: ConsoleClient): Collection<NamespaceObject> {
  return collectionOf<NamespaceObject>('namespaces', console)
}
