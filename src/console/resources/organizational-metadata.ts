import { namespace } from '../../contract/entities/namespace.ts'
import type { WireObject } from '../../contract/entity/definition.ts'
import { namespacesAbove } from '../../contract/namespace-name.ts'
import { findAll, where } from './find-all.ts'
import type { HookContext } from './resource.ts'

/** A new object with the tags that its namespace, and those above, say about the organization. */
export function withOrganizationalMetadata(object: WireObject, { call, services }: HookContext): WireObject {
  const names = [call.namespace, ...namespacesAbove(call.namespace)]
  const found = findAll({ definition: namespace, filter: where('name', ['in', names]) }, services)
  const inherited = found.flatMap((each) => listOf(each['organizationalMetadata']))
  if (inherited.length === 0) return object
  return { ...object, metadata: [...new Set([...listOf(object['metadata']), ...inherited])] }
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as string[]) : []
}
