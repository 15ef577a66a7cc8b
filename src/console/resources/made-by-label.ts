import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import { labelTag } from '../../contract/exchange/import-label.ts'
import { findAll, where } from './find-all.ts'
import type { HookContext } from './resource.ts'

/** Everything that imports with this label made, in the namespace of the call. Without one nothing is recognized. */
export function madeByLabel(
  definition: EntityDefinition,
  { label, call, services }: HookContext & { readonly label: string },
): readonly WireObject[] {
  if (label === '') return []
  const filter = where('metadata', ['contains', labelTag(label)])
  return findAll({ definition, filter, namespace: call.namespace, recursive: false }, services)
}
