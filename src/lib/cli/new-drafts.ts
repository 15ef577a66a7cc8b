import type { Draft } from '../queries/drafts/draft.ts'
import { checkNewObject } from '../queries/drafts/check-draft.ts'
import { draftOfPairs } from '../queries/drafts/pairs.ts'
import { readDocuments } from '../queries/drafts/read-documents.ts'
import { resourceFor } from '../queries/resource.ts'
import { commentedStub } from '../queries/stub-resource.ts'
import type { CommandContext } from './context.ts'
import { editText } from './edit-text.ts'
import { readDrafts, type DraftFlags } from './flags/draft-flags.ts'

/** The new objects that a command line describes, from flags or from an editor. Throws as its parts do. */
export async function newDrafts(
  asked: { readonly resource: string; readonly flags: DraftFlags & { readonly interactive: boolean } },
  context: CommandContext,
): Promise<readonly Draft[]> {
  const entity = resourceFor(asked.resource, 'create')
  if (!asked.flags.interactive) return readDrafts(asked.flags, { entity, context })
  const { object } = draftOfPairs(entity, asked.flags.key ?? [])
  const text = await commentedStub(entity, object)
  return editText(
    {
      text,
      read: async (content) => {
        const drafts = await readDocuments({ name: 'line', content })
        for (const draft of drafts) checkNewObject(entity, draft)
        return drafts
      },
    },
    context,
  )
}
