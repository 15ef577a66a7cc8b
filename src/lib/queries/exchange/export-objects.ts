import { entities } from '../../../contract/entities/registry.ts'
import { apiVersion } from '../../../contract/exchange/portable-part.ts'
import { exchange, type ExportDocument, type ObjectsByKind } from '../../api/endpoints/exchange.ts'
import type { Reporter } from '../../progress/reporter.ts'
import { checkFilter } from '../checked-filter.ts'
import type { QueryContext } from '../list-objects.ts'
import { resourceNamed } from '../resource.ts'
import { addedObjects } from './added-objects.ts'
import { checkExports } from './check-exports.ts'
import { madeUpLabel } from './made-up-label.ts'
import type { WrittenExport } from './written-export.ts'

export interface ExportObjectsOptions {
  /** Singular, plural or an alias each; everything that travels when empty. */
  readonly resources: readonly string[]
  /** The one of `base`, or made up, when it is not given. */
  readonly label: string | undefined
  /** In the filter language of the Console. */
  readonly filter: string | undefined
  readonly namespace: string
  /** An earlier export to add to. */
  readonly base: WrittenExport | undefined
}

/** What an export file says. */
export interface ExportedObjects extends ExportDocument {
  readonly identities: readonly string[]
}

type ExportContext = QueryContext & { readonly reporter: Reporter; readonly random: () => number }

/**
 * Objects of one namespace, as people wrote them: what can be imported elsewhere. What is wrong is found before
 * anything is asked: APO-INPUT-VALUE names the kind or the place in the filter, APO-INPUT-FILE what of `base`.
 */
export async function exportObjects(
  options: ExportObjectsOptions,
  context: ExportContext,
): Promise<ExportedObjects> {
  const { filter, namespace, base } = options
  const kinds = options.resources.map(resourceNamed)
  for (const kind of kinds) checkFilter(kind, filter)
  const label = options.label ?? (base?.label || madeUpLabel(context.random))
  const [before] = base === undefined ? [] : checkExports([base], { label })
  const identities = [...new Set(kinds.map(({ name }) => name))]
  const query = { identities, label, filter, namespace }
  const exported = await exchange(context.console).export(query, { signal: context.signal })
  const data = nameFirst(addedObjects(before?.objects ?? [], exported.data))
  const found = Object.keys(data)
  if (found.length === 0)
    context.reporter.report({ type: 'note', subject: namespace, text: 'there is nothing to export' })
  const names = found.map((kind) => entities.find(kind)?.name ?? kind)
  return { APIVersion: apiVersion, label, identities: names, data }
}

/** It is what people look for. */
function nameFirst(data: ObjectsByKind): ObjectsByKind {
  const kinds = Object.entries(data).map(([kind, objects]) => {
    const sorted = objects.map((object) => ({ ...('name' in object && { name: object['name'] }), ...object }))
    return [kind, sorted] as const
  })
  return Object.fromEntries(kinds)
}
