import type { ObjectStore } from '../store/store.ts'
import type { Grant } from './grants.ts'
import type { PolicyBook } from './policy-book.ts'

/** What is known about somebody, before the restrictions of the token. */
export interface Standing {
  /** Names the caller in what the store remembers for it. */
  readonly key: string
  /** Empty for whoever is no app credential, or only acts for one. */
  readonly credentialId: string
  /**
   * Asked anew each time: policies, and what vouched for the caller, come and go while a slow request and an
   * event socket live.
   */
  grants(): readonly Grant[]
}

/** What decides about it. */
export interface PrincipalContext {
  readonly store: Pick<ObjectStore, 'find' | 'version'>
  readonly policies: PolicyBook
  readonly clientAddress: string
}
