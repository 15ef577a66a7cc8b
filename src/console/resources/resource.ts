import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import type { Filter } from '../../contract/filter/filter.ts'
import type { Principal } from '../auth/principal.ts'
import type { Answer, Call } from '../call.ts'
import type { ConsoleServices, ObjectEvent } from '../services.ts'
import type { StoredObject, StoreWriter } from '../store/store.ts'

/** An object on its way into the store. Hooks may change it. */
export interface Draft {
  object: WireObject
  internal: WireObject
  /** Shown in this one answer and kept nowhere. */
  extra: WireObject
}

export interface HookContext {
  readonly call: Call
  readonly services: ConsoleServices
}

/** An object that went with another one. */
export interface RemovedObject {
  readonly definition: EntityDefinition
  readonly object: WireObject
}

/** An object below which others are asked for. */
export interface Above {
  readonly definition: EntityDefinition
  readonly object: WireObject
}

/** What belongs to an object above: in its namespace and, if so, in those below or shared by those above. */
export interface Below {
  readonly filter: Filter
  readonly recursive?: boolean
  readonly propagated?: boolean
}

/**
 * What is special about an entity. Everything else (reading, filtering, paging, validation, events) is the
 * same for all of them and knows none of them by name.
 */
export interface StoredResource {
  readonly kind: 'stored'
  readonly definition: EntityDefinition
  /** Policies select it by its tags; those of its organization, which namespaces carry, are among them. */
  readonly policeable?: true
  /** Travels in exports and imports; it has no hooks that see its writes. */
  readonly portable?: true
  /** Of objects that are asked for below another one: which of them belong to it. */
  below?(above: Above, context: HookContext): Below | undefined
  /** After validation, before the transaction; may wait. */
  prepareCreate?(draft: Draft, context: HookContext): Promise<void> | void
  prepareUpdate?(draft: Draft, context: HookContext & { readonly stored: StoredObject }): Promise<void> | void
  /** In the transaction. */
  commitCreate?(
    writer: StoreWriter,
    context: HookContext & {
      readonly object: WireObject
      /** Keeps what else happened, to tell it once all of it is true. */
      announce(event: ObjectEvent): void
    },
  ): void
  /** Also what else goes with the object, so that whoever listens hears of it. */
  commitDelete?(
    writer: StoreWriter,
    context: {
      readonly object: WireObject
      readonly services: ConsoleServices
      /** Absent when the Console itself deletes. */ readonly call?: Call
    },
  ): readonly RemovedObject[]
  /** Fills in what is computed whenever it is read. `single` when the object was asked for by its ID. */
  complete?(
    object: WireObject,
    context: { readonly services: ConsoleServices; readonly single: boolean },
  ): WireObject
  /** Which objects are the caller's own, for roles that reach only those. */
  own?(principal: Principal, services: ConsoleServices): Filter
  /** What is kept of the first answer for a client that repeats a creation. */
  forRepeat?(answer: WireObject): WireObject
}

export interface VirtualAnswer {
  readonly status?: number
  readonly headers?: Answer['headers']
  readonly objects: readonly WireObject[]
}

export type Access = 'anyone' | 'holder' | 'token'

/** An entity of which nothing is kept under its own name. */
export interface VirtualResource {
  readonly kind: 'virtual'
  readonly definition: EntityDefinition
  /** `anyone`: no token needed. `holder`: any token will do. `token`: one that allows it. */
  readonly access: Access
  /** What is sent to it is as large as a namespace is full. */
  readonly carriesMany?: true
  /** For what is only an event: whether somebody who reaches but its own objects hears of this one. */
  mayHear?(
    object: WireObject,
    context: { readonly principal: Principal; readonly services: ConsoleServices },
  ): boolean
  list?(context: HookContext): Promise<VirtualAnswer> | VirtualAnswer
  create?(object: WireObject, context: HookContext): Promise<WireObject>
  /** Instead of create, for an answer that is more than an object. */
  answer?(object: WireObject, context: HookContext): Promise<Answer>
}

export type Resource = StoredResource | VirtualResource
