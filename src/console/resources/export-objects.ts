import { exportDocument } from '../../contract/entities/exchange/export.ts'
import { entities } from '../../contract/entities/registry.ts'
import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import { apiVersion, portablePart } from '../../contract/exchange/portable-part.ts'
import { authorize } from '../auth/authorize.ts'
import { refuse } from '../refused-request.ts'
import { checkNamespace } from './create-object.ts'
import { findAll } from './find-all.ts'
import { portable } from './portable.ts'
import { filterOf } from './read-query.ts'
import type { HookContext, VirtualResource } from './resource.ts'

export const exportResource: VirtualResource = {
  kind: 'virtual',
  definition: exportDocument,
  access: 'token',
  create: (object, context) => {
    checkNamespace(context)
    const wanted = (object['identities'] as readonly string[]).map(portableDefinition)
    const definitions = wanted.length === 0 ? portable.map(({ definition }) => definition) : wanted
    const data = Object.fromEntries(
      definitions.map((definition) => [definition.category, exported(definition, context)] as const),
    )
    return Promise.resolve({ ...object, APIVersion: apiVersion, data })
  },
}

function portableDefinition(name: string): EntityDefinition {
  const definition = entities.find(name)
  if (definition !== undefined && portable.some((resource) => resource.definition === definition)) {
    return definition
  }
  throw refuse(422, {
    text: `Identity '${name}' cannot be exported; ${portable.map((each) => each.definition.name).join(', ')} can`,
    data: { attribute: 'identities' },
  })
}

function exported(definition: EntityDefinition, { call, services }: HookContext): readonly WireObject[] {
  const { namespace, caller } = call
  if (caller !== undefined) authorize(caller.principal, { definition, operation: 'retrieve-many', namespace })
  const objects = findAll({ definition, filter: filterOf(call), namespace, recursive: false }, services)
  return objects.map((object) => portablePart(definition, object))
}
