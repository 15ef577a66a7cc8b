import { entities } from '../../contract/entities/registry.ts'
import { textOf, type EntityDefinition, type WireObject } from '../../contract/entity/definition.ts'
import type { Filter } from '../../contract/filter/filter.ts'
import { printFilter } from '../../contract/filter/print.ts'
import { collectionOf } from '../api/endpoints/collection.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { exitCode } from '../errors/exit-code.ts'
import type { Reporter } from '../progress/reporter.ts'
import type { QueryContext } from './list-objects.ts'
import { offers } from './resource.ts'

export interface SearchOptions {
  readonly text: string
  readonly namespace: string
  readonly recursive: boolean
}

/** What was found, by kind. */
export interface SearchReport {
  readonly text: string
  readonly namespace: string
  readonly kinds: readonly FoundKind[]
}

export interface FoundKind {
  readonly resource: string
  readonly objects: readonly FoundObject[]
  /** True when the Console has more than are shown. */
  readonly more: boolean
}

export interface FoundObject {
  readonly ID: string
  readonly name: string
  readonly namespace: string
  readonly description: string
}

/** Of one kind; who finds more looks for something more special. */
const mostOfAKind = 50
const atOnce = 6
const searched = ['name', 'description', 'associatedTags'] as const
const fields = ['ID', 'name', 'namespace', 'description']

/**
 * Looks for a text in names, descriptions and tags, and for an ID, in every kind of object that has a name, with
 * the filters every Console has. Kinds that this Console does not have, or that one may not read, are left out.
 */
export async function searchObjects(
  options: SearchOptions,
  context: QueryContext & { readonly reporter: Reporter },
): Promise<SearchReport> {
  const kinds = entities.all.filter(
    (entity) => offers(entity, 'retrieve-many') && 'name' in entity.attributes && 'ID' in entity.attributes,
  )
  const found: FoundKind[] = []
  for (let from = 0; from < kinds.length; from += atOnce) {
    const some = kinds.slice(from, from + atOnce).map((entity) => searchKind(entity, { options, context }))
    found.push(...(await Promise.all(some)))
  }
  const { text, namespace } = options
  return { text, namespace, kinds: found.filter(({ objects }) => objects.length > 0) }
}

async function searchKind(
  entity: EntityDefinition,
  search: {
    readonly options: SearchOptions
    readonly context: QueryContext & { readonly reporter: Reporter }
  },
): Promise<FoundKind> {
  const { options, context } = search
  const { namespace, recursive, text } = options
  const query = { namespace, recursive, fields: fieldsOf(entity), filter: filterFor(entity, text) }
  const collection = collectionOf<WireObject>(entity.category, context.console)
  try {
    const pages = collection.pages(
      { ...query, page: 1, pageSize: mostOfAKind + 1 },
      { signal: context.signal },
    )
    const objects = (await pages.next()).value ?? []
    const shown = objects.slice(0, mostOfAKind).map(toFound)
    return { resource: entity.category, objects: shown, more: objects.length > mostOfAKind }
  } catch (error) {
    if (!(error instanceof ApoctlError) || !isNotForUs(error)) throw error
    context.reporter.report({ type: 'debug', subject: entity.category, text: `left out: ${error.message}` })
    return { resource: entity.category, objects: [], more: false }
  }
}

function isNotForUs(error: ApoctlError): boolean {
  return error.exitCode === exitCode.no || error.code === 'APO-API-FORBIDDEN'
}

function fieldsOf(entity: EntityDefinition): string[] {
  return fields.filter((name) => Object.hasOwn(entity.attributes, name))
}

function filterFor(entity: EntityDefinition, text: string): string {
  const pattern = `(?i)${text.replace(/[\\^$.*+?()[\]{}|]/g, literally)}`
  const parts: Filter[] = searched
    .filter((key) => Object.hasOwn(entity.attributes, key))
    .map((key) => ({ kind: 'comparison', key, operator: 'matches', value: pattern }))
  const byId: Filter = { kind: 'comparison', key: 'ID', operator: '==', value: text }
  const printed = printFilter({ kind: 'or', parts: [...parts, byId] })
  if (printed.ok) return printed.value
  throw new ApoctlError(['APO-INPUT-VALUE', `"${text}" cannot be searched for: ${printed.problem}`])
}

/** Without a backslash, which filters take for themselves; the two that need one match anything. */
function literally(character: string): string {
  return character === '\\' || character === '^' ? '.' : `[${character}]`
}

function toFound(object: WireObject): FoundObject {
  const [ID, name, namespace, description] = ['ID', 'name', 'namespace', 'description'].map((key) =>
    textOf(object, key),
  ) as [string, string, string, string]
  return { ID, name, namespace, description }
}
