import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { collectionOf } from '../api/endpoints/collection.ts'
import { findObject } from './find-object.ts'
import type { GetObjectOptions } from './get-object.ts'
import type { QueryContext } from './list-objects.ts'
import { checkAttributes, resourceFor } from './resource.ts'
import { onlyPage, type ShownObjects } from './shown-objects.ts'

export interface DeleteObjectOptions extends GetObjectOptions {
  /** Also when it is protected. */
  readonly override: boolean
  readonly dryRun: boolean
}

/** Deletes one object, by ID or name, and shows what it was. Throws as findObject does. */
export async function deleteObject(
  options: DeleteObjectOptions,
  context: QueryContext,
): Promise<ShownObjects> {
  const entity = resourceFor(options.resource, 'delete')
  checkAttributes(entity, options.columns)
  const { idOrName, namespace, recursive, override, dryRun } = options
  const object = await findObject({ entity, idOrName, namespace, recursive }, context)
  const own = textOf(object, 'namespace') || namespace
  const collection = collectionOf<WireObject>(entity.category, context.console)
  if (!dryRun)
    await collection.delete(textOf(object, 'ID'), { override, namespace: own, signal: context.signal })
  const fields = options.columns.length === 0 ? undefined : options.columns
  return { resource: entity.category, columns: fields ?? ['ID'], fields, pages: onlyPage(object) }
}
