import type { Operation, RouteDefinition } from '../../contract/entity/definition.ts'
import { entities } from '../../contract/entities/registry.ts'
import type { CallTarget } from '../call.ts'
import { refuse } from '../refused-request.ts'

export interface Routed {
  readonly target: CallTarget
  readonly route: RouteDefinition
}

const collectionOperations: Readonly<Record<string, Operation>> = {
  GET: 'retrieve-many',
  HEAD: 'info',
  POST: 'create',
}
const objectOperations: Readonly<Record<string, Operation>> = {
  GET: 'retrieve',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Understands `/{category}`, `/{category}/{id}` and `/{parents}/{id}/{category}`, with or without `/v/1` before. */
export function routeRequest(method: string, path: string): Routed {
  const segments = withoutVersion(segmentsOf(path))
  const [first = '', second = '', third] = segments
  if (segments.length === 1) return find({ method, category: first, id: '' })
  if (segments.length === 2) return find({ method, category: first, id: second })
  if (segments.length !== 3 || third === undefined) throw refuse(400, `Invalid url: ${path}`)
  return find({ method, category: third, id: '', parent: { category: first, id: second } })
}

interface Address {
  readonly method: string
  readonly category: string
  readonly id: string
  readonly parent?: { readonly category: string; readonly id: string }
}

function find(address: Address): Routed {
  const { method, category, id, parent } = address
  const definition = entities.byCategory(category)
  if (definition === undefined) throw notFound()
  const on = id === '' ? 'collection' : 'object'
  const routes = definition.routes.filter(
    (route: RouteDefinition) => route.on === on && route.parent === parent?.category,
  )
  const at = parent === undefined ? {} : parentOf(parent, routes)
  const operation = (on === 'object' ? objectOperations : collectionOperations)[method]
  const route = routes.find(({ operations }) => operation !== undefined && operations.includes(operation))
  if (route === undefined || operation === undefined) {
    throw refuse(405, `${method} is not allowed on ${on} '${category}'`)
  }
  return { target: { definition, operation, id, ...at }, route }
}

/** What lies above; a category that has nothing to do with it is as unknown as one that does not exist. */
function parentOf(
  parent: NonNullable<Address['parent']>,
  routes: readonly RouteDefinition[],
): Pick<CallTarget, 'parent'> {
  const definition = entities.byCategory(parent.category)
  if (definition === undefined || routes.length === 0) throw notFound()
  return { parent: { definition, id: parent.id } }
}

function notFound(): Error {
  return refuse(404, 'Unable to find the requested resource')
}

function segmentsOf(path: string): readonly string[] {
  try {
    const segments = path.replace(/^\//, '').replace(/\/$/, '').split('/').map(decodeURIComponent)
    if (!segments.includes('')) return segments
  } catch {
    // A lone % is not an address.
  }
  throw refuse(400, `Invalid url: ${path}`)
}

/** Model version 1 is the only one there is; without it the client speaks of the same. */
function withoutVersion(segments: readonly string[]): readonly string[] {
  const [first, version = '', ...rest] = segments
  if (first !== 'v') return segments
  if (!/^\d+$/.test(version)) throw refuse(400, `Invalid api version number '${version}'`)
  if (Number(version) > 1) throw refuse(400, `Unknown api version ${version}`)
  if (rest.length === 0) throw refuse(400, 'Invalid url: nothing after the version')
  return rest
}
