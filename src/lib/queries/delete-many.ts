import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { collectionOf } from '../api/endpoints/collection.ts'
import type { Reporter } from '../progress/reporter.ts'
import { checkFilter } from './checked-filter.ts'
import type { ManyObjects } from './create-objects.ts'
import type { ListObjectsOptions, QueryContext } from './list-objects.ts'
import { oneByOne } from './one-by-one.ts'
import { checkAttributes, resourceFor } from './resource.ts'

export interface DeleteManyOptions extends Pick<
  ListObjectsOptions,
  'resource' | 'namespace' | 'recursive' | 'filter'
> {
  /** Attributes to show of what was deleted; the ID when empty. */
  readonly columns: readonly string[]
  /** Also those that are protected. */
  readonly override: boolean
  readonly dryRun: boolean
  /** Told how many it is about, before the first is gone. Throws to stop it. */
  readonly confirm: (count: number, kind: string) => Promise<void>
}

/**
 * Deletes every object that matches at this moment. One that the Console keeps is a warning and costs no other
 * anything. What is fetched of each is what is shown of it, and what finds it again.
 */
export async function deleteMany(
  options: DeleteManyOptions,
  context: QueryContext & { readonly reporter: Reporter },
): Promise<ManyObjects> {
  const entity = resourceFor(options.resource, 'delete')
  const { namespace, recursive, filter, columns, override, dryRun } = options
  checkAttributes(entity, columns)
  checkFilter(entity, filter)
  const asked = columns.length === 0 ? undefined : columns
  const named = Object.hasOwn(entity.attributes, 'name') ? ['name'] : []
  const fields = [...new Set([...columns, 'ID', 'namespace', ...named])]
  const collection = collectionOf<WireObject>(entity.category, context.console)
  const { signal } = context
  const items: WireObject[] = []
  // All of them first: deleting while paging would move what is on the pages that follow.
  const matching = collection.list({ namespace, recursive, filter, fields }, { signal })
  for await (const object of matching) items.push(object)
  if (items.length === 0)
    context.reporter.report({ type: 'note', subject: namespace, text: `no ${entity.category} match` })
  await options.confirm(items.length, entity.category)
  const remove = async (object: WireObject): Promise<WireObject> => {
    const own = textOf(object, 'namespace') || namespace
    if (!dryRun) await collection.delete(textOf(object, 'ID'), { override, namespace: own, signal })
    return object
  }
  const nameOf = (object: WireObject): string => textOf(object, 'name') || textOf(object, 'ID')
  const round = oneByOne({ items, act: remove, nameOf }, context)
  return { resource: entity.category, columns: asked ?? (dryRun ? fields : ['ID']), fields: asked, ...round }
}
