import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import type { Filter } from '../../contract/filter/filter.ts'

/** An object as it is kept. */
export interface StoredObject {
  /** Attributes that the definition marks as stored. */
  readonly object: WireObject
  /** What the Console remembers about it and never sends. */
  readonly internal: WireObject
  /** Changes with every write; a write that expects another one does not happen. */
  readonly revision: number
}

export interface Scope {
  readonly namespace: string
  /** With the namespaces below. */
  readonly recursive: boolean
  /** With what propagates down from the namespaces above. */
  readonly propagated: boolean
}

export interface Order {
  readonly attribute: string
  readonly descending: boolean
}

export type Paging =
  | { readonly type: 'all' }
  | { readonly type: 'page'; readonly page: number; readonly size: number }
  | { readonly type: 'cursor'; readonly after?: string; readonly limit: number }

export interface Query {
  readonly scope: Scope
  readonly filter?: Filter | undefined
  /** With what was deleted and is still remembered. */
  readonly archived?: boolean
}

export interface OrderedQuery extends Query {
  readonly order: readonly Order[]
}

export interface ListQuery extends OrderedQuery {
  readonly paging: Paging
}

export interface ListAnswer {
  readonly objects: readonly WireObject[]
  /** How many match, on all pages. */
  readonly total: number
  /** What to give as `after` for the next page. */
  readonly next?: string
}

export interface StreamAnswer {
  readonly total: number
  readonly parts: AsyncIterable<readonly WireObject[]>
}

/** What a filter sees when SQL cannot say it: computed attributes and regular expressions. */
export interface QueryContext {
  readonly now: Date
  /** The object as an answer shows it. */
  complete(object: WireObject): WireObject
}

/** The answer that a client with the same idempotency key got before. */
export interface RememberedAnswer {
  /** Of method, path, namespace and body: the same key for another request is a mistake of the client. */
  readonly fingerprint: string
  readonly answer: string
}

/** Changes that become durable together, or not at all. */
export interface StoreWriter {
  insert(definition: EntityDefinition, stored: Omit<StoredObject, 'revision'>): void
  /** False when the object is gone or has another revision. */
  replace(definition: EntityDefinition, stored: StoredObject): boolean
  /** Objects of archivable entities are remembered, until they are forgotten. */
  remove(definition: EntityDefinition, id: string): boolean
  /** Forgets archived objects: of a namespace and below it, or of before a time. */
  forgetArchived(
    definition: EntityDefinition,
    which: { readonly namespace: string } | { readonly beforeMs: number },
  ): void
  /** IDs of all objects of the entity in the namespace and below it. */
  idsWithin(definition: EntityDefinition, namespace: string): readonly string[]
  find(definition: EntityDefinition, id: string): StoredObject | undefined
  /** Counts one use of a token; false when `quota` uses were made before. */
  useToken(
    id: string,
    limit: { readonly quota: number; readonly expiresMs: number; readonly nowMs: number },
  ): boolean
  rememberedAnswer(key: string): RememberedAnswer | undefined
  rememberAnswer(key: string, answer: RememberedAnswer & { readonly nowMs: number }): void
  bind(principal: string, objectId: string): void
  setSetting(name: string, value: string): void
}

/** Where the Console keeps everything. PostgreSQL could stand behind it. */
export interface ObjectStore {
  find(definition: EntityDefinition, id: string): StoredObject | undefined
  /** An object that was deleted and is still remembered. */
  findArchived(definition: EntityDefinition, id: string): WireObject | undefined
  /** For small questions of the Console itself: nobody else gets a turn until it is answered. */
  list(definition: EntityDefinition, query: ListQuery & QueryContext): ListAnswer
  /** For questions of clients, however much there is to look at. */
  browse(definition: EntityDefinition, query: ListQuery & QueryContext): Promise<ListAnswer>
  /** Everything, in parts that are read when they are wanted. */
  stream(definition: EntityDefinition, query: OrderedQuery & QueryContext): Promise<StreamAnswer>
  count(definition: EntityDefinition, query: Query & QueryContext): Promise<number>
  /** Another number whenever objects of the entity may have changed: what was made of them is stale then. */
  version(definition: EntityDefinition): number
  /** IDs of objects that a principal registered. */
  boundTo(principal: string): readonly string[]
  setting(name: string): string | undefined
  tokenUses(id: string): number
  namespaceExists(name: string): boolean
  /** Runs `work` in one transaction. When it returns, the changes survive the loss of power. */
  write<Result>(work: (writer: StoreWriter) => Result): Result
  /** Milliseconds a trivial read takes; throws when the store is broken. */
  probe(): number
  close(): void
}
