import { enforcer } from '../../contract/entities/enforcer.ts'
import { enforcerRefresh } from '../../contract/entities/refreshes/enforcer-refresh.ts'
import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { matchesTagExpression, type TagExpression } from '../../contract/tags/tag-expression.ts'
import { refuse } from '../refused-request.ts'
import type { ObjectEvent } from '../services.ts'
import { findAll } from './find-all.ts'
import { writeOnce } from './idempotency.ts'
import type { HookContext, VirtualResource } from './resource.ts'

/** Asks enforcers for something: one, or all of a namespace and below whose tags match. Nothing is kept. */
export const enforcerRefreshes: VirtualResource = {
  kind: 'virtual',
  definition: enforcerRefresh,
  access: 'token',
  create: (object, context) => {
    const { call } = context
    const targets = call.parent === undefined ? selected(object, context) : [parentOf(context)]
    const events = targets.map(({ ID, namespace }) => eventOf({ ...object, ID, namespace }))
    const [only] = targets
    const about = call.parent === undefined ? { namespace: call.namespace } : { ID: only?.['ID'] }
    const answer = { ...object, namespace: only?.['namespace'] ?? call.namespace, ...about }
    return Promise.resolve(writeOnce(context, () => ({ answer, events })))
  },
  mayHear: (object, { principal, services }) =>
    services.store.boundTo(principal.key).includes(textOf(object, 'ID')),
}

function eventOf(object: WireObject): ObjectEvent {
  return { type: 'create', identity: enforcerRefresh.name, object }
}

function parentOf({ call, services }: HookContext): WireObject {
  const stored = services.store.find(enforcer, call.parent?.id ?? '')
  if (stored === undefined) throw refuse(404, 'Unable to find the enforcer')
  return stored.object
}

function selected(object: WireObject, { call, services }: HookContext): readonly WireObject[] {
  const selector = (object['selector'] ?? []) as TagExpression
  if (selector.length === 0) {
    throw refuse(422, { text: "Attribute 'selector' is required", data: { attribute: 'selector' } })
  }
  const objects = findAll({ definition: enforcer, namespace: call.namespace }, services)
  return objects.filter((found) =>
    matchesTagExpression(selector, new Set(found['normalizedTags'] as readonly string[])),
  )
}
