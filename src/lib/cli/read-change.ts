import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import type { Draft } from '../queries/drafts/draft.ts'
import { findObject } from '../queries/find-object.ts'
import type { QueryContext } from '../queries/list-objects.ts'
import { resourceFor } from '../queries/resource.ts'
import type { CommandContext } from './context.ts'
import { editedDraft, onlyDraft } from './edited-draft.ts'
import { readDrafts, type DraftFlags } from './flags/draft-flags.ts'

export interface AskedChange {
  readonly resource: string
  readonly idOrName: string
  readonly namespace: string
  readonly flags: DraftFlags & { readonly interactive: boolean; readonly recursive: boolean }
}

/** The object as it is, and what it is to become, by the flags or by a person in an editor. */
export async function readChange(
  asked: AskedChange,
  context: CommandContext & QueryContext,
): Promise<{ readonly entity: EntityDefinition; readonly stored: WireObject; readonly draft: Draft }> {
  const { resource, idOrName, namespace, flags } = asked
  const entity = resourceFor(resource, 'update')
  // A wrong file is found before anything is asked.
  const draft = flags.interactive ? undefined : onlyDraft(await readDrafts(flags, { entity, context }))
  const stored = await findObject({ entity, idOrName, namespace, recursive: flags.recursive }, context)
  return { entity, stored, draft: draft ?? (await editedDraft({ entity, stored }, context)) }
}
