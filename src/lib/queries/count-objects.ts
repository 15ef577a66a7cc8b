import type { WireObject } from '../../contract/entity/definition.ts'
import { collectionOf } from '../api/endpoints/collection.ts'
import { checkFilter } from './checked-filter.ts'
import type { ListObjectsOptions, QueryContext } from './list-objects.ts'
import { resourceFor } from './resource.ts'

export interface ObjectCount {
  readonly resource: string
  readonly namespace: string
  readonly count: number
}

export type CountObjectsOptions = Pick<
  ListObjectsOptions,
  'resource' | 'namespace' | 'recursive' | 'propagated' | 'filter'
>

/** Counts objects without fetching them. Throws as listObjects does. */
export async function countObjects(
  options: CountObjectsOptions,
  context: QueryContext,
): Promise<ObjectCount> {
  const { resource, ...query } = options
  const entity = resourceFor(resource, 'info')
  checkFilter(entity, query.filter)
  const collection = collectionOf<WireObject>(entity.category, context.console)
  const count = await collection.count(query, { signal: context.signal })
  return { resource: entity.category, namespace: query.namespace, count }
}
