import { textOf, type EntityDefinition, type WireObject } from '../../contract/entity/definition.ts'
import { collectionOf, type Collection } from '../api/endpoints/collection.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { Reporter } from '../progress/reporter.ts'
import { checkChange } from './drafts/check-draft.ts'
import type { Draft } from './drafts/draft.ts'
import type { QueryContext } from './list-objects.ts'
import { offers } from './resource.ts'
import { onlyPage, type ShownObjects } from './shown-objects.ts'

export interface UpdateObjectOptions {
  readonly entity: EntityDefinition
  /** The object as it is. */
  readonly stored: WireObject
  readonly draft: Draft
  /** Attributes to show; the ID when empty. */
  readonly columns: readonly string[]
  readonly dryRun: boolean
}

/** Longer values are not for reading on one line. */
const longestShown = 60
/** Attributes whose values are for nobody's scrollback. */
const secretNames = /secret|password|token|privatekey|credential/i

/**
 * Changes what the draft says differently from the object, and nothing else. Says each change to the reporter,
 * or that there is none.
 */
export async function updateObject(
  options: UpdateObjectOptions,
  context: QueryContext & { readonly reporter: Reporter },
): Promise<ShownObjects> {
  const { entity, stored, draft, columns, dryRun } = options
  const change = checkChange(entity, { draft, stored })
  const subject = `${entity.name} ${textOf(stored, 'name') || textOf(stored, 'ID')}`
  const names = Object.keys(change)
  if (names.length === 0)
    context.reporter.report({ type: 'note', subject, text: 'nothing to change: it is so already' })
  for (const name of names) {
    const text = `${name}: ${shown(name, stored)} → ${shown(name, change)}${dryRun ? ' (not done)' : ''}`
    context.reporter.report({ type: 'note', subject, text })
  }
  const untouched = dryRun || names.length === 0
  const object = untouched ? { ...stored, ...change } : await send({ entity, stored, change }, context)
  const asked = columns.length === 0 ? undefined : columns
  return { resource: entity.category, columns: asked ?? ['ID'], fields: asked, pages: onlyPage(object) }
}

interface Sending {
  readonly entity: EntityDefinition
  readonly stored: WireObject
  readonly change: WireObject
}

/**
 * PATCH leaves everything else alone. A Console without it gets the whole object with the time of its last
 * change, by which it notices that somebody else came between.
 */
async function send(sending: Sending, context: QueryContext): Promise<WireObject> {
  const { entity, stored, change } = sending
  const id = textOf(stored, 'ID')
  const how = { namespace: textOf(stored, 'namespace') || undefined, signal: context.signal }
  const collection: Collection<WireObject> = collectionOf(entity.category, context.console)
  if (offers(entity, 'patch')) {
    try {
      return await collection.patch({ id, to: change }, how)
    } catch (error) {
      if (!(error instanceof ApoctlError && error.code === 'APO-API-UNSUPPORTED')) throw error
    }
  }
  return collection.update({ id, to: { ...stored, ...change } }, how)
}

function shown(name: string, object: WireObject): string {
  if (secretNames.test(name)) return '…'
  const text = JSON.stringify(object[name] ?? '')
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
}
