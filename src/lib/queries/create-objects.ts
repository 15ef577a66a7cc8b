import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { collectionOf } from '../api/endpoints/collection.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { ExitCode } from '../errors/exit-code.ts'
import type { Reporter } from '../progress/reporter.ts'
import { checkNewObject } from './drafts/check-draft.ts'
import type { Draft } from './drafts/draft.ts'
import type { QueryContext } from './list-objects.ts'
import { oneByOne } from './one-by-one.ts'
import { checkAttributes, resourceFor } from './resource.ts'
import type { ShownObjects } from './shown-objects.ts'

export interface CreateObjectsOptions {
  /** Singular, plural or an alias: `namespace`, `ns`. */
  readonly resource: string
  readonly namespace: string
  readonly drafts: readonly Draft[]
  /** Attributes to show of what was made; the ID when empty. */
  readonly columns: readonly string[]
  /** Only show what would be sent. */
  readonly dryRun: boolean
}

export interface ManyObjects extends ShownObjects {
  /** Of those that were shown so far. */
  readonly outcome: () => ExitCode
}

/**
 * Creates objects, as they are wanted. All of them are checked before the first is sent: APO-INPUT-FILE names
 * file, line and what is wrong.
 */
export function createObjects(
  options: CreateObjectsOptions,
  context: QueryContext & { readonly reporter: Reporter },
): ManyObjects {
  const entity = resourceFor(options.resource, 'create')
  checkAttributes(entity, options.columns)
  if (options.drafts.length === 0)
    throw new ApoctlError(['APO-INPUT-MISSING', `nothing says what the new ${entity.name} is like`], {
      hints: [`Give -k, --data or --file; apoctl api stub ${entity.name} prints an object to start from.`],
    })
  const items = options.drafts.map((draft) => ({ draft, object: checkNewObject(entity, draft) }))
  const { namespace, dryRun } = options
  const collection = collectionOf<WireObject>(entity.category, context.console)
  const { pages, outcome } = oneByOne(
    {
      items,
      act: ({ object }) =>
        dryRun ? Promise.resolve(object) : collection.create(object, { namespace, signal: context.signal }),
      nameOf: ({ draft, object }) => `${draft.where()}: ${textOf(object, 'name')}`,
    },
    context,
  )
  const asked = options.columns.length === 0 ? undefined : options.columns
  const columns = asked ?? (dryRun ? Object.keys(items[0]?.object ?? {}) : ['ID'])
  return { resource: entity.category, columns, fields: asked, pages, outcome }
}
