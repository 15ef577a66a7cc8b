import { accessibleNamespace } from '../../contract/entities/identity/accessible-namespace.ts'
import { apiCheck } from '../../contract/entities/identity/api-check.ts'
import { namespace } from '../../contract/entities/namespace.ts'
import type { Operation, WireObject } from '../../contract/entity/definition.ts'
import { entities } from '../../contract/entities/registry.ts'
import { parseNamespaceName } from '../../contract/namespace-name.ts'
import { hasAccessTo, reachOf } from '../auth/authorize.ts'
import type { Principal } from '../auth/principal.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import { filterOf, matchesNow } from './read-query.ts'
import type { HookContext, VirtualResource } from './resource.ts'

const operationOf: Readonly<Record<string, Operation>> = {
  Create: 'create',
  Delete: 'delete',
  Info: 'info',
  Patch: 'patch',
  Retrieve: 'retrieve',
  RetrieveMany: 'retrieve-many',
  Update: 'update',
}

/** "May I?": asked by whoever holds a token, about itself. */
export const apiChecks: VirtualResource = {
  kind: 'virtual',
  definition: apiCheck,
  access: 'holder',
  create: (object, context) => {
    const name = parseNamespaceName(String(object['namespace']))
    if (!name.ok) throw refuse(422, { text: name.problem, data: { attribute: 'namespace' } })
    const operation = operationOf[String(object['operation'])] ?? 'retrieve'
    const targets = object['targetIdentities'] as readonly string[]
    const may = (target: string): boolean => {
      const definition = entities.byName(target)
      if (definition === undefined) return false
      return reachOf(holderOf(context), { definition, operation, namespace: name.value }) !== undefined
    }
    return Promise.resolve({
      ...object,
      authorized: Object.fromEntries(targets.map((target) => [target, may(target)])),
    })
  },
}

/** "Where may I?": every namespace in which the token allows anything at all. */
export const accessibleNamespaces: VirtualResource = {
  kind: 'virtual',
  definition: accessibleNamespace,
  access: 'holder',
  list: (context) => {
    const { services } = context
    const filter = filterOf(context.call)
    const names = accessibleTo(holderOf(context), services)
    const objects = names.map((name): WireObject => ({ name }))
    return {
      objects:
        filter === undefined ? objects : objects.filter((object) => matchesNow(filter, { object, services })),
    }
  },
}

function holderOf({ call }: HookContext): Principal {
  if (call.caller === undefined) throw new Error('only a holder of a token gets here')
  return call.caller.principal
}

function accessibleTo(principal: Principal, services: ConsoleServices): readonly string[] {
  const tops = new Set(principal.grants().flatMap(({ namespaces }) => namespaces))
  const restricted = principal.claims.restrictions?.namespace
  if (restricted !== undefined) tops.add(restricted)
  const names = [...tops].flatMap((top) => namesWithin(top, services))
  return [...new Set(names)].filter((name) => hasAccessTo(principal, name)).sort()
}

function namesWithin(top: string, services: ConsoleServices): readonly string[] {
  const { store } = services
  if (!store.namespaceExists(top)) return []
  const below = store.list(namespace, {
    scope: { namespace: top, recursive: true, propagated: false },
    order: [],
    paging: { type: 'all' },
    now: nowOf(services),
    complete: (object) => object,
  })
  return [top, ...below.objects.map((object) => String(object['name']))]
}
