import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { entities } from '../../contract/entities/registry.ts'
import { collectionOf } from '../api/endpoints/collection.ts'
import type { QueryContext } from './list-objects.ts'
import { offers } from './resource.ts'

/** More than this nobody reads on a screen. */
const most = 200

/** Names and IDs of objects of a kind, for a shell to offer; none for a kind that is not known or has no lists. */
export async function knownNames(
  asked: { readonly kind: string; readonly namespace: string; readonly withIds: boolean },
  context: QueryContext,
): Promise<readonly string[]> {
  const entity = entities.find(asked.kind)
  if (entity === undefined || !offers(entity, 'retrieve-many')) return []
  const fields = ['name', 'ID'].filter((name) => Object.hasOwn(entity.attributes, name))
  const query = { namespace: asked.namespace, recursive: !asked.withIds, fields, page: 1, pageSize: most }
  const collection = collectionOf<WireObject>(entity.category, context.console)
  const objects = (await collection.pages(query, { signal: context.signal }).next()).value ?? []
  const names = objects.map((object) => textOf(object, 'name'))
  const ids = asked.withIds ? objects.map((object) => textOf(object, 'ID')) : []
  return [...names, ...ids].filter((word) => word !== '')
}
