import type { EntityDefinition } from '../../contract/entity/definition.ts'
import type { Answer, Call } from '../call.ts'
import type { ConsoleLimits } from '../console-options.ts'
import { refuse } from '../refused-request.ts'
import { answerCall } from './answer-call.ts'
import { findObject } from './list-objects.ts'
import { everyResource } from './resource-table.ts'
import type { Access, HookContext, Resource, StoredResource } from './resource.ts'

const byName = new Map<string, Resource>(
  everyResource.map((resource) => [resource.definition.name, resource]),
)

/** Answers a call of somebody who may make it. What lies below an object needs the object to be reachable. */
export async function callResource(context: HookContext): Promise<Answer> {
  const { call } = context
  const resource = resourceOf(call.definition)
  return answerCall(resource, call.parent === undefined ? context : belowParent(call.parent, context))
}

export function accessTo(definition: EntityDefinition): Access {
  const resource = byName.get(definition.name)
  return resource?.kind === 'virtual' ? resource.access : 'token'
}

/** How large the body of a call may be. */
export function bodyLimitOf(definition: EntityDefinition, limits: ConsoleLimits): number {
  const resource = byName.get(definition.name)
  const many = resource?.kind === 'virtual' && resource.carriesMany === true
  return many ? limits.importLimitBytes : limits.bodyLimitBytes
}

export function resourceByName(name: string): Resource | undefined {
  return byName.get(name)
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

/** What is below an object lives in the namespace of the object, wherever that is below the one of the call. */
function belowParent(parent: NonNullable<Call['parent']>, { call, services }: HookContext): HookContext {
  const resource = storedResource(parent.definition.name)
  if (resource === undefined) throw refuse(404, 'Unable to find the requested resource')
  const above = { ...call, definition: parent.definition, id: parent.id }
  const { object } = findObject(resource, { call: above, services })
  return { call: { ...call, namespace: String(object['namespace']) }, services }
}
