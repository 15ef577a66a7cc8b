import type { EntityDefinition, Operation, WireObject } from '../contract/entity/definition.ts'
import type { Reach } from './auth/permissions.ts'
import type { Principal } from './auth/principal.ts'

export type ParameterValue = string | number | boolean

/** What a request asks, after its address was understood. */
export interface CallTarget {
  readonly definition: EntityDefinition
  readonly operation: Operation
  /** Of the object; empty for a collection. */
  readonly id: string
  readonly parent?: { readonly definition: EntityDefinition; readonly id: string }
}

/** A request that was understood, by someone who may make it. */
export interface Call extends CallTarget {
  readonly namespace: string
  /** Declared parameters, typed; several values where the parameter may be repeated. */
  readonly parameters: ReadonlyMap<string, readonly ParameterValue[]>
  /** Absent where anyone may ask. */
  readonly caller?: { readonly principal: Principal; readonly reach: Reach }
  readonly client: ClientOfCall
  /** The JSON value of the body; undefined without one. */
  readonly body: unknown
  readonly idempotencyKey?: string
}

export interface ClientOfCall {
  readonly address: string
  /** DER of a client certificate that our authority signed, from the TLS handshake. */
  readonly certificate?: Buffer
}

export interface Answer {
  readonly status: number
  /** An object, a list, or nothing. */
  readonly body?: unknown
  /** Instead of a body: a list too long to have in memory, part by part. */
  readonly parts?: AsyncIterable<readonly WireObject[]>
  /** How many objects there are, on all pages. */
  readonly total?: number
  readonly next?: string
  readonly headers?: Readonly<Record<string, string>>
}

export function textParameter(call: Pick<Call, 'parameters'>, name: string): string | undefined {
  const value = call.parameters.get(name)?.[0]
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function isSet(call: Pick<Call, 'parameters'>, name: string): boolean {
  return call.parameters.get(name)?.[0] === true
}
