import { decodeWhole } from '../../../contract/entity/decode.ts'
import { textOf, type EntityDefinition, type WireObject } from '../../../contract/entity/definition.ts'
import { initialValue } from '../../../contract/entity/zero-value.ts'
import { importChanges, importSteps, type ImportStep } from '../../../contract/exchange/import-steps.ts'
import { portablePart } from '../../../contract/exchange/portable-part.ts'
import { entities } from '../../../contract/entities/registry.ts'
import type { ObjectsByKind } from '../../api/endpoints/exchange.ts'
import type { CheckedObject } from './checked-import.ts'
import type { AttributeChange, ImportedObject } from './import-report.ts'

/**
 * What an import does to each object, by what its label made before: with the same code as the embedded
 * Console. `former` is an export, of all kinds.
 */
export function compareImport(
  wanted: readonly CheckedObject[],
  former: ObjectsByKind,
): readonly ImportedObject[] {
  const kinds = new Set([
    ...wanted.map(({ entity }) => entity.category),
    ...Object.keys(former).filter((kind) => former[kind]?.length !== 0),
  ])
  return [...kinds].flatMap((kind) => {
    const entity = entities.find(kind)
    const objects = wanted.filter(({ entity: { category } }) => category === kind)
    return compareKind(kind, { entity, objects, former: former[kind] ?? [] })
  })
}

interface Compared {
  /** Undefined for a kind that only the Console knows. */
  readonly entity: EntityDefinition | undefined
  readonly objects: readonly CheckedObject[]
  readonly former: readonly WireObject[]
}

function compareKind(kind: string, { entity, objects, former }: Compared): readonly ImportedObject[] {
  if (entity === undefined) return former.map((object) => deleted(kind, object))
  const places = new Map(objects.map(({ object, where }) => [object, where]))
  const steps = importSteps(
    objects.map(({ object }) => object),
    former.map((object) => decoded(entity, object)),
  )
  return steps.map((step) => {
    if (step.do === 'delete') return deleted(kind, step.former)
    const where = places.get(step.wanted)
    return { ...kept(entity, step), ...(where !== undefined && { where }) }
  })
}

function deleted(resource: string, object: WireObject): ImportedObject {
  const isProtected = object['protected'] === true
  const name = textOf(object, 'name')
  return { resource, name, change: 'deleted', ...(isProtected && { protected: true }), attributes: [] }
}

function kept(entity: EntityDefinition, step: ImportStep & { do: 'create' | 'keep' }): ImportedObject {
  const wanted = decoded(entity, step.wanted)
  const of = { resource: entity.category, name: textOf(wanted, 'name') }
  if (step.do === 'create') {
    const attributes = Object.entries(portablePart(entity, wanted)).map(([name, to]) => ({ name, to }))
    return { ...of, change: 'created', attributes }
  }
  const { former } = step
  const attributes = importChanges(entity, { wanted, former }).map((name): AttributeChange => {
    const [from, to] = [former, wanted].map((object) => valueOf(entity, { object, name }))
    return { name, from, to }
  })
  return { ...of, change: attributes.length === 0 ? 'unchanged' : 'changed', attributes }
}

/** With all its defaults; what this version cannot read is taken as it came. */
function decoded(entity: EntityDefinition, object: WireObject): WireObject {
  const read = decodeWhole(entity, object)
  return read.ok ? read.value : object
}

function valueOf(
  entity: EntityDefinition,
  { object, name }: { readonly object: WireObject; readonly name: string },
): unknown {
  const attribute = entity.attributes[name]
  return object[name] ?? (attribute === undefined ? null : initialValue(attribute))
}
