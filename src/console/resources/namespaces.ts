import { namespace } from '../../contract/entities/namespace.ts'
import { childNamespace } from '../../contract/namespace-name.ts'
import { refuse } from '../refused-request.ts'
import type { EntityDefinition } from '../../contract/entity/definition.ts'
import { findAll } from './find-all.ts'
import type { RemovedObject, StoredResource } from './resource.ts'

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
    commitDelete: (writer, { object, services }) => {
      const name = String(object['name'])
      const gone: RemovedObject[] = []
      for (const definition of [...contained, namespace]) {
        const inside = findAll({ definition, namespace: name }, services)
        for (const each of inside) writer.remove(definition, String(each['ID']))
        // Who makes the namespace again does not see what others had in it.
        writer.forgetArchived(definition, { namespace: name })
        gone.push(...inside.map((each) => ({ definition, object: each })))
      }
      return gone
    },
  }
}
