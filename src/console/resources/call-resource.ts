import type { EntityDefinition } from '../../contract/entity/definition.ts'
import type { Answer, Call } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { answerCall } from './answer-call.ts'
import { apiAuthorizationPolicies } from './api-authorization-policies.ts'
import { appCredentials } from './app-credentials.ts'
import { enforcers } from './enforcers.ts'
import { findObject } from './list-objects.ts'
import { createNamespaces } from './namespaces.ts'
import { processingUnits } from './processing-units.ts'
import type { Access, HookContext, Resource, StoredResource } from './resource.ts'
import { virtualResources } from './virtual-resources.ts'

const inNamespaces: readonly StoredResource[] = [
  apiAuthorizationPolicies,
  appCredentials,
  enforcers,
  processingUnits,
]

/** Entities that the store keeps. */
export const storedResources: readonly StoredResource[] = [
  createNamespaces(inNamespaces.map(({ definition }) => definition)),
  ...inNamespaces,
]

const byName = new Map<string, Resource>(
  [...storedResources, ...virtualResources].map((resource) => [resource.definition.name, resource]),
)

/** Answers a call of somebody who may make it. What lies below an object needs the object to be reachable. */
export async function callResource(context: HookContext): Promise<Answer> {
  const { call } = context
  const resource = resourceOf(call.definition)
  if (call.parent !== undefined) findParent(call.parent, context)
  return answerCall(resource, context)
}

export function accessTo(definition: EntityDefinition): Access {
  const resource = byName.get(definition.name)
  return resource?.kind === 'virtual' ? resource.access : 'token'
}

export function storedResource(name: string): StoredResource | undefined {
  const resource = byName.get(name)
  return resource?.kind === 'stored' ? resource : undefined
}

function resourceOf(definition: EntityDefinition): Resource {
  const resource = byName.get(definition.name)
  if (resource === undefined)
    throw refuse(501, `This Console knows ${definition.category}, and does not serve them`)
  return resource
}

function findParent(parent: NonNullable<Call['parent']>, { call, services }: HookContext): void {
  const resource = storedResource(parent.definition.name)
  if (resource === undefined) throw refuse(404, 'Unable to find the requested resource')
  findObject(resource, { call: { ...call, definition: parent.definition, id: parent.id }, services })
}
