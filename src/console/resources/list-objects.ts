import type { WireObject } from '../../contract/entity/definition.ts'
import { allOf, type Filter } from '../../contract/filter/filter.ts'
import { isWithinNamespace } from '../../contract/namespace-name.ts'
import { isSet, type Answer, type Call } from '../call.ts'
import { refuse, type RefusedRequest } from '../refused-request.ts'
import { nowOf } from '../services.ts'
import type { Query, QueryContext, StoredObject } from '../store/store.ts'
import type { Below, HookContext, StoredResource } from './resource.ts'
import { isOwn, ownFilter } from './own-objects.ts'
import { filterOf, matchesNow, orderOf, pagingOf } from './read-query.ts'
import { toShown } from './stored-object.ts'

export async function listObjects(
  resource: StoredResource,
  { call, services }: HookContext,
): Promise<Answer> {
  const { store } = services
  const query = { ...queryOf(resource, { call, services }), order: orderOf(call) }
  const show = (objects: readonly WireObject[]): readonly WireObject[] =>
    objects.map((object) => toShown(resource, { object, services, single: false }))
  const paging = pagingOf(call)
  if (paging.type === 'all') {
    const { total, parts } = await store.stream(resource.definition, query)
    return { status: 200, total, parts: shownParts(parts, show) }
  }
  const { objects, total, next } = await store.browse(resource.definition, { ...query, paging })
  return { status: 200, body: show(objects), total, ...(next === undefined ? {} : { next }) }
}

async function* shownParts(
  parts: AsyncIterable<readonly WireObject[]>,
  show: (objects: readonly WireObject[]) => readonly WireObject[],
): AsyncGenerator<readonly WireObject[], void, void> {
  for await (const objects of parts) yield show(objects)
}

export async function countObjects(resource: StoredResource, context: HookContext): Promise<Answer> {
  const total = await context.services.store.count(resource.definition, queryOf(resource, context))
  return { status: 204, total }
}

/** The object the call names, if it is there, in the namespace or below, and the caller may reach it. */
export function findObject(resource: StoredResource, context: HookContext): StoredObject {
  const stored = context.services.store.find(resource.definition, context.call.id)
  if (stored === undefined || !isReachable(stored.object, { ...context, resource })) throw notThere()
  return stored
}

/** As above, with what was deleted where the call asks for that too. */
export function findToRead(resource: StoredResource, context: HookContext): WireObject {
  const { call, services } = context
  const { definition } = resource
  const live = services.store.find(definition, call.id)?.object
  const object =
    live ?? (isSet(call, 'archived') ? services.store.findArchived(definition, call.id) : undefined)
  if (object === undefined || !isReachable(object, { ...context, resource })) throw notThere()
  return object
}

/** The same answer whatever the reason: what one may not reach is not there. */
function notThere(): RefusedRequest {
  return refuse(404, 'Unable to find the requested resource')
}

function isReachable(
  object: WireObject,
  { call, services, resource }: HookContext & { readonly resource: StoredResource },
): boolean {
  const own = ownFilter(resource, { call, services })
  const isInScope = isWithinNamespace(String(object['namespace']), call.namespace)
  return (isInScope || isShownBelow(object, call)) && (own === undefined || isOwn(object, own))
}

/** An object of a namespace above, asked for with `propagated`. Only to read: it is changed where it lives. */
function isShownBelow(object: WireObject, call: Call): boolean {
  if (call.operation !== 'retrieve' || !isSet(call, 'propagated')) return false
  const shared = object['propagate'] === true && object['propagationHidden'] !== true
  return shared && isWithinNamespace(call.namespace, String(object['namespace']))
}

/** Whether an object answers the `q` of a call; everything does where there is none. */
export function answersFilter(object: WireObject, { call, services }: HookContext): boolean {
  const filter = filterOf(call)
  return filter === undefined || matchesNow(filter, { object, services })
}

function queryOf(resource: StoredResource, { call, services }: HookContext): Query & QueryContext {
  const own = ownFilter(resource, { call, services })
  const below = belowOf(resource, { call, services })
  return {
    scope: {
      namespace: call.namespace,
      recursive: isSet(call, 'recursive') || below?.recursive === true,
      propagated: isSet(call, 'propagated') || below?.propagated === true,
    },
    archived: isSet(call, 'archived'),
    filter: own?.kind === 'or' ? nothing : allOf([filterOf(call), own, below?.filter]),
    now: nowOf(services),
    complete: (object) => toShown(resource, { object, services, single: false }),
  }
}

/** Undefined where nothing is asked for below an object. */
function belowOf(resource: StoredResource, context: HookContext): Below | undefined {
  const { parent } = context.call
  if (parent === undefined) return undefined
  const { definition, id } = parent
  const object = context.services.store.find(definition, id)?.object
  if (object === undefined) throw notThere()
  const below = resource.below?.({ definition, object }, context)
  if (below === undefined) throw refuse(501, 'The operation has no handler')
  return below
}

const nothing: Filter = { kind: 'comparison', key: 'ID', operator: 'in', value: [] }
