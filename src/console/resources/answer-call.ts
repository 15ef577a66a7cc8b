import { newObject, withoutEmpty } from '../../contract/entity/zero-value.ts'
import type { Answer } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { changeObject, deleteObject } from './change-object.ts'
import { checkNamespace, createObject, decodeNew } from './create-object.ts'
import { countObjects, findToRead, listObjects } from './list-objects.ts'
import type { HookContext, Resource, StoredResource, VirtualResource } from './resource.ts'
import { toShown } from './stored-object.ts'

/** Does what a call asks; refuses with RefusedRequest. */
export async function answerCall(resource: Resource, context: HookContext): Promise<Answer> {
  if (resource.kind === 'virtual') return answerVirtual(resource, context)
  const { call } = context
  checkNamespace(context)
  switch (call.operation) {
    case 'retrieve-many':
      return listObjects(resource, context)
    case 'info':
      return countObjects(resource, context)
    case 'create':
      return createObject(resource, context)
    case 'retrieve':
      return retrieveObject(resource, context)
    case 'update':
    case 'patch':
      return changeObject(resource, context)
    case 'delete':
      return deleteObject(resource, context)
    default:
      call.operation satisfies never
      throw refuse(501, 'The operation has no handler')
  }
}

function retrieveObject(resource: StoredResource, context: HookContext): Answer {
  const object = findToRead(resource, context)
  return { status: 200, body: toShown(resource, { object, services: context.services, single: true }) }
}

async function answerVirtual(resource: VirtualResource, context: HookContext): Promise<Answer> {
  const { definition } = resource
  if (context.call.operation === 'create') return createVirtual(resource, context)
  if (resource.list === undefined) throw refuse(501, 'The operation has no handler')
  const { objects, status = 200, headers = {} } = await resource.list(context)
  const whole = objects.map((object) => withoutEmpty(definition, { ...newObject(definition), ...object }))
  if (context.call.operation !== 'info') return { status, headers, body: whole, total: whole.length }
  // Counting is 204; a Console that is not well says so here too.
  return { status: status === 200 ? 204 : status, headers, total: whole.length }
}

async function createVirtual(resource: VirtualResource, context: HookContext): Promise<Answer> {
  const object = decodeNew(resource.definition, context.call.body)
  if (resource.answer !== undefined) return resource.answer(object, context)
  if (resource.create === undefined) throw refuse(501, 'The operation has no handler')
  return { status: 200, body: withoutEmpty(resource.definition, await resource.create(object, context)) }
}
