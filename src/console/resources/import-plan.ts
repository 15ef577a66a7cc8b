import { decodeWhole } from '../../contract/entity/decode.ts'
import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import { entities } from '../../contract/entities/registry.ts'
import { validateObject } from '../../contract/entity/validate.ts'
import { labelProblem } from '../../contract/exchange/import-label.ts'
import { apiVersion } from '../../contract/exchange/portable-part.ts'
import type { WireError } from '../../contract/wire-error.ts'
import { refuse, refuseAll } from '../refused-request.ts'
import { portable } from './portable.ts'
import type { StoredResource } from './resource.ts'

/** An import that was understood: what its label should have made, when it is done. */
export interface ImportPlan {
  readonly label: string
  readonly wanted: readonly WantedObjects[]
}

export interface WantedObjects {
  readonly resource: StoredResource
  readonly objects: readonly WireObject[]
}

/** Reads an export that somebody wants to import. Every object is checked, and everything wrong is answered. */
export function readImport(document: WireObject): ImportPlan {
  const { label, APIVersion } = document as { readonly label: string; readonly APIVersion: number }
  if (APIVersion > apiVersion) throw invalid(`APIVersion ${APIVersion} is newer than ${apiVersion}`)
  const wrong = labelProblem(label)
  if (wrong !== undefined) throw invalid(wrong)
  const data = document['data'] as Readonly<Record<string, readonly WireObject[]>>
  const read = Object.entries(data).map(([category, objects]) => readCategory(category, objects))
  refuseAll(read.flatMap(({ errors }) => errors))
  return { label, wanted: read }
}

function invalid(text: string): Error {
  return refuse(422, { text, data: { attribute: 'data' } })
}

function readCategory(
  category: string,
  bodies: readonly WireObject[],
): WantedObjects & { readonly errors: readonly WireError[] } {
  const definition = entities.find(category)
  const resource = portable.find((each) => each.definition === definition)
  if (resource === undefined) throw invalid(`Objects of '${category}' cannot be imported`)
  const read = bodies.map((body, index) => readObject(resource.definition, { body, index }))
  return {
    resource,
    objects: read.map(({ object }) => object),
    errors: read.flatMap(({ errors }) => errors),
  }
}

function readObject(
  definition: EntityDefinition,
  { body, index }: { readonly body: WireObject; readonly index: number },
): { readonly object: WireObject; readonly errors: readonly WireError[] } {
  const where = `${definition.category}[${index}]`
  const decoded = decodeWhole(definition, withoutReadOnly(definition, body))
  if (!decoded.ok) {
    throw refuse(400, { text: `Unable to read ${where}: ${decoded.problem}`, data: { object: where } })
  }
  const errors = validateObject(definition, decoded.value).map((error) => ({
    ...error,
    description: `${where}: ${error.description}`,
    data: { ...(error.data as object), object: where },
  }))
  return { object: decoded.value, errors }
}

/** An export of another Console may say where its objects were. Here they are new. */
function withoutReadOnly(definition: EntityDefinition, body: WireObject): WireObject {
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => definition.attributes[name]?.readOnly !== true),
  )
}
