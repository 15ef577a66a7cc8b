import { namespace } from '../../contract/entities/namespace.ts'
import { childNamespace } from '../../contract/namespace-name.ts'
import { refuse } from '../refused-request.ts'
import type { EntityDefinition } from '../../contract/entity/definition.ts'
import type { StoredResource } from './resource.ts'

/** Namespaces: created by their short name, removed with everything in them. */
export function createNamespaces(contained: readonly EntityDefinition[]): StoredResource {
  return {
    kind: 'stored',
    definition: namespace,
    prepareCreate: (draft, { call }) => {
      const name = String(draft.object['name'])
      if (name.includes('/')) {
        throw refuse(422, {
          text: `Data '${name}' of attribute 'name' must be the short name: it is created inside '${call.namespace}'`,
          data: { attribute: 'name' },
        })
      }
      draft.object['name'] = childNamespace(call.namespace, name)
    },
    commitDelete: (writer, { object }) => {
      for (const definition of [namespace, ...contained]) {
        for (const id of writer.idsWithin(definition, String(object['name']))) writer.remove(definition, id)
      }
      // Whoever listens below a namespace loses the socket with it; nobody is left to hear of the rest.
      return []
    },
  }
}
