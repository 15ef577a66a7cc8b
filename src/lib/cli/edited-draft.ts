import type { EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { checkChange } from '../queries/drafts/check-draft.ts'
import type { Draft } from '../queries/drafts/draft.ts'
import { readDocuments } from '../queries/drafts/read-documents.ts'
import { commentedStub } from '../queries/stub-resource.ts'
import type { CommandContext } from './context.ts'
import { editText } from './edit-text.ts'

/** Has a person edit an object as it is, and gives what became of it. Throws as editText does. */
export async function editedDraft(
  object: { readonly entity: EntityDefinition; readonly stored: WireObject },
  context: CommandContext,
): Promise<Draft> {
  const { entity, stored } = object
  return editText(
    {
      text: await commentedStub(entity, stored),
      read: async (content) => {
        const draft = onlyDraft(await readDocuments({ name: 'line', content }))
        checkChange(entity, { draft, stored })
        return draft
      },
    },
    context,
  )
}

/** The one object that says what to change. Throws APO-INPUT-FILE when there are more, or none. */
export function onlyDraft(drafts: readonly Draft[]): Draft {
  const [draft, second] = drafts
  if (draft !== undefined && second === undefined) return draft
  if (draft === undefined)
    throw new ApoctlError(['APO-INPUT-MISSING', 'nothing says what to change'], {
      hints: ['Give -k name value, --data, --file or --interactive.'],
    })
  throw new ApoctlError(['APO-INPUT-FILE', `${second?.where() ?? ''}: a second object; update takes one`])
}
