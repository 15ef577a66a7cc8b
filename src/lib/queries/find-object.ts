import { textOf, type EntityDefinition, type WireObject } from '../../contract/entity/definition.ts'
import { printFilter } from '../../contract/filter/print.ts'
import { collectionOf } from '../api/endpoints/collection.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { QueryContext } from './list-objects.ts'

export interface WantedObject {
  readonly entity: EntityDefinition
  readonly idOrName: string
  readonly namespace: string
  /** Look for the name in the namespaces below as well. */
  readonly recursive: boolean
  /** Attributes to fetch; all when undefined. */
  readonly fields?: readonly string[] | undefined
}

const looksLikeId = /^[0-9a-f]{24}$/i
/** As many candidates as fit under an error. */
const mostCandidates = 10

/**
 * Finds one object by ID or, when no object has that ID, by name. Throws APO-API-NOT-FOUND, and
 * APO-OBJECT-AMBIGUOUS when several have the name.
 */
export async function findObject(wanted: WantedObject, context: QueryContext): Promise<WireObject> {
  const byId = looksLikeId.test(wanted.idOrName) ? await findById(wanted, context) : undefined
  return byId ?? findByName(wanted, context)
}

async function findById(wanted: WantedObject, context: QueryContext): Promise<WireObject | undefined> {
  const { entity, idOrName, namespace, fields } = wanted
  try {
    const collection = collectionOf<WireObject>(entity.category, context.console)
    return await collection.get(idOrName, { namespace, ...(fields && { fields }), signal: context.signal })
  } catch (error) {
    if (error instanceof ApoctlError && error.code === 'APO-API-NOT-FOUND') return undefined
    throw error
  }
}

async function findByName(wanted: WantedObject, context: QueryContext): Promise<WireObject> {
  const found = Object.hasOwn(wanted.entity.attributes, 'name') ? await withName(wanted, context) : []
  const [first] = found
  if (found.length > 1) throw ambiguous(wanted, found)
  if (first !== undefined) return first
  const { entity, idOrName, namespace, recursive } = wanted
  throw new ApoctlError(
    ['APO-API-NOT-FOUND', `there is no ${entity.name} with ID or name "${idOrName}" in ${namespace}`],
    {
      hints: [
        `List what there is: apoctl api list ${entity.category} -n ${namespace}`,
        ...(recursive ? [] : ['With -r the namespaces below are searched as well.']),
      ],
    },
  )
}

async function withName(wanted: WantedObject, context: QueryContext): Promise<readonly WireObject[]> {
  const { entity, idOrName, namespace, recursive, fields } = wanted
  const filter = printFilter({ kind: 'comparison', key: 'name', operator: '==', value: idOrName })
  if (!filter.ok) throw new ApoctlError(['APO-INPUT-VALUE', filter.problem])
  const query = { namespace, recursive, fields, filter: filter.value, pageSize: mostCandidates, page: 1 }
  const pages = collectionOf<WireObject>(entity.category, context.console).pages(query, {
    signal: context.signal,
  })
  return (await pages.next()).value ?? []
}

function ambiguous(wanted: WantedObject, found: readonly WireObject[]): ApoctlError {
  const { entity, idOrName } = wanted
  const candidates = found.map((object) => `${textOf(object, 'ID')} in ${textOf(object, 'namespace')}`)
  return new ApoctlError(['APO-OBJECT-AMBIGUOUS', `several ${entity.category} have the name "${idOrName}"`], {
    hints: ['Say which one by its ID:', ...candidates],
  })
}
