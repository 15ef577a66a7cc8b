import { importReference } from '../../contract/entities/exchange/import-reference.ts'
import { importRequest } from '../../contract/entities/exchange/import.ts'
import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { authTags } from '../../contract/tags/auth-tags.ts'
import { refuse } from '../refused-request.ts'
import { portable } from './portable.ts'
import { findAll, where } from './find-all.ts'
import { checkNamespace } from './create-object.ts'
import { writeOnce } from './idempotency.ts'
import { carryOutImport } from './import-objects.ts'
import { readImport } from './import-plan.ts'
import type { HookContext, StoredResource, VirtualResource } from './resource.ts'

/** Replaces what a label made before, or with mode Remove takes it away. All of it happens, or nothing. */
export const imports: VirtualResource = {
  kind: 'virtual',
  definition: importRequest,
  access: 'token',
  carriesMany: true,
  create: (object, context) => {
    checkNamespace(context)
    const plan = readImport(object['data'] as WireObject)
    const removes = object['mode'] === 'Remove'
    if (removes && plan.label === '') {
      throw refuse(422, {
        text: 'Only what was imported with a label can be removed',
        data: { attribute: 'data' },
      })
    }
    const wanted = removes ? [] : plan.wanted
    // The answer is what was sent: of an import of many megabytes nothing needs to be remembered.
    writeOnce(context, (writer) => ({
      answer: {},
      events: carryOutImport({ ...plan, wanted }, { ...context, writer }),
    }))
    return Promise.resolve(object)
  },
}

/** An import that is remembered: what it made goes with it. */
export const importReferences: StoredResource = {
  kind: 'stored',
  definition: importReference,
  prepareCreate: ({ object }, context) => {
    const principal = context.call.caller?.principal
    object['claims'] = principal === undefined ? [] : authTags(principal.claims)
    const data = object['data'] as WireObject
    const label = textOf(object, 'label') || textOf(data, 'label') || `reference-${String(object['ID'])}`
    object['label'] = label
    object['data'] = { ...data, label }
    checkConstraint(object, context)
  },
  commitCreate: (writer, context) => {
    const plan = readImport(context.object['data'] as WireObject)
    for (const event of carryOutImport(plan, { ...context, writer })) context.announce(event)
  },
  commitDelete: (writer, { object, services, call }) => {
    if (call === undefined) return []
    const plan = { label: textOf(object, 'label'), wanted: [] }
    const here = { ...call, namespace: String(object['namespace']) }
    return carryOutImport(plan, { call: here, services, writer }).flatMap((event) => {
      const resource = portable.find(({ definition }) => definition.name === event.identity)
      return resource === undefined ? [] : [{ definition: resource.definition, object: event.object }]
    })
  },
}

/** Unique: once here and below; NamespaceUnique: once here. */
function checkConstraint(object: WireObject, { services }: HookContext): void {
  const { constraint, name, namespace } = object as Record<string, string>
  if (constraint === 'Unrestricted' || name === undefined || namespace === undefined) return
  const filter = where('name', ['==', name])
  const recursive = constraint === 'Unique'
  const [other] = findAll({ definition: importReference, filter, namespace, recursive }, services)
  if (other === undefined) return
  throw refuse(422, {
    title: 'Duplicate Key',
    text: `'${name}' is imported already, in namespace '${textOf(other, 'namespace')}'`,
  })
}
