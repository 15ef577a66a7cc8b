import { canonicalJson } from '../../../contract/canonical-json.ts'
import { decodeSparse } from '../../../contract/entity/decode.ts'
import {
  isZero,
  textOf,
  type EntityDefinition,
  type WireObject,
} from '../../../contract/entity/definition.ts'
import { validateObject, validateWrite } from '../../../contract/entity/validate.ts'
import { newObject } from '../../../contract/entity/zero-value.ts'
import { attributeOfWireError, type WireError } from '../../../contract/wire-error.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { attributeHints } from '../resource.ts'
import type { Draft } from './draft.ts'
import { innerObjects } from './inner-objects.ts'

/** So many mistakes of one object are told at once. */
const mostTold = 5

/**
 * Checks a draft of a new object as the Console will, and leaves out what only the Console sets, so that what
 * `get` prints can be given to `create`. Throws APO-INPUT-FILE that names file and line.
 */
export function checkNewObject(entity: EntityDefinition, draft: Draft): WireObject {
  const decoded = decodeDraft(entity, draft)
  const settable = Object.entries(draft.object).filter(([name]) => entity.attributes[name]?.readOnly !== true)
  const object = Object.fromEntries(settable)
  const sent = Object.fromEntries(Object.entries(decoded).filter(([name]) => Object.hasOwn(object, name)))
  refuse(draft, errorsOf(entity, { ...newObject(entity), ...sent }))
  return object
}

/**
 * What a draft changes of the object that is there: only attributes that differ, checked as the Console will.
 * Throws APO-INPUT-FILE, and APO-OBJECT-CHANGED when the draft was made from another state of the object.
 */
export function checkChange(
  entity: EntityDefinition,
  change: { readonly draft: Draft; readonly stored: WireObject },
): WireObject {
  const { draft } = change
  const sent = decodeDraft(entity, draft)
  const known = Object.entries(change.stored).filter(([name]) => Object.hasOwn(entity.attributes, name))
  const stored = decodeStored(entity, Object.fromEntries(known))
  const since = textOf(sent, 'updateTime')
  const at = textOf(stored, 'updateTime')
  if (since !== '' && since !== at) throw changedMeanwhile(draft, { since, at })
  const differing = Object.keys(sent).filter((name) => !same(sent[name], stored[name]))
  const changed = Object.fromEntries(differing.map((name) => [name, sent[name]]))
  refuse(draft, validateWrite(entity, { sent: changed, stored }).map(atOutermost))
  refuse(draft, errorsOf(entity, { ...newObject(entity), ...stored, ...changed }))
  return changed
}

function decodeDraft(entity: EntityDefinition, draft: Draft): WireObject {
  const unknown = Object.keys(draft.object).find((name) => !Object.hasOwn(entity.attributes, name))
  if (unknown !== undefined)
    throw wrong(`${draft.where(unknown)}: ${entity.category} have no attribute "${unknown}"`, [
      ...attributeHints(entity, unknown),
    ])
  refuseUnknownInside(entity, draft)
  const decoded: WireObject = {}
  for (const [name, value] of Object.entries(draft.object)) {
    const one = decodeSparse(entity, { [name]: value })
    if (!one.ok) throw wrong(`${draft.where(name)}: ${one.problem}`)
    decoded[name] = one.value[name]
  }
  return decoded
}

/** What the Console answered is not ours to refuse: an attribute of another type is taken as it came. */
function decodeStored(entity: EntityDefinition, stored: WireObject): WireObject {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => {
      const one = decodeSparse(entity, { [name]: value })
      return [name, one.ok ? one.value[name] : value]
    }),
  )
}

/** Nothing said is the same in all its forms: null, "", [] and not there at all. */
function same(one: unknown, other: unknown): boolean {
  return (isZero(one) && isZero(other)) || canonicalJson(one) === canonicalJson(other)
}

/** The Console would not look at it, and take a rule with "acton": Reject for one that allows. */
function refuseUnknownInside(entity: EntityDefinition, draft: Draft): void {
  for (const { entity: inner, value, attribute, path } of innerObjects(entity, draft.object)) {
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(inner.attributes, name))
    if (unknown === undefined) continue
    throw wrong(`${draft.where(attribute)}: ${path}: ${inner.category} have no attribute "${unknown}"`, [
      ...attributeHints(inner, unknown),
    ])
  }
}

interface PlacedError {
  readonly description: string
  /** The attribute of the outermost object. */
  readonly attribute: string | undefined
}

/** What is wrong with an object, and where: the Console names an attribute, and not the object inside that has it. */
function errorsOf(entity: EntityDefinition, object: WireObject): readonly PlacedError[] {
  const errors = validateObject(entity, object)
  if (errors.length === 0) return []
  const inside = innerObjects(entity, object).flatMap(({ entity: inner, value, attribute, path }) =>
    validateObject(inner, value).map(({ description }) => ({
      description,
      attribute,
      path,
    })),
  )
  const own = validateObject(withoutInner(entity), object).map(({ description }) => description)
  return errors.map((error) => {
    if (own.includes(error.description)) return atOutermost(error)
    const at = inside.findIndex(({ description }) => description === error.description)
    const [place] = at === -1 ? [] : inside.splice(at, 1)
    if (place === undefined) return atOutermost(error)
    return { description: `${place.path}: ${error.description}`, attribute: place.attribute }
  })
}

function withoutInner(entity: EntityDefinition): EntityDefinition {
  const own = Object.entries(entity.attributes).filter(([, { type }]) => type !== 'ref' && type !== 'refList')
  return { ...entity, attributes: Object.fromEntries(own) }
}

function atOutermost(error: WireError): PlacedError {
  return { description: error.description, attribute: attributeOfWireError(error) }
}

function refuse(draft: Draft, errors: readonly PlacedError[]): void {
  if (errors.length === 0) return
  const told = errors
    .slice(0, mostTold)
    .map(({ attribute, description }) => `${draft.where(attribute)}: ${description}`)
  throw wrong(told.join('; '))
}

function wrong(message: string, hints?: readonly string[]): ApoctlError {
  // What stands in a flag begins with the flag.
  const code = message.startsWith('-') ? 'APO-INPUT-VALUE' : 'APO-INPUT-FILE'
  return new ApoctlError([code, message], hints && { hints })
}

function changedMeanwhile(draft: Draft, times: { readonly since: string; readonly at: string }): ApoctlError {
  const text = `the object was changed at ${times.at}, and ${draft.where('updateTime')} is its state of ${times.since}`
  return new ApoctlError(['APO-OBJECT-CHANGED', text])
}
