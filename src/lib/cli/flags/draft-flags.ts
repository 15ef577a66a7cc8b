import { Flags } from '@oclif/core'
import type { EntityDefinition } from '../../../contract/entity/definition.ts'
import type { Draft } from '../../queries/drafts/draft.ts'
import { draftOfPairs } from '../../queries/drafts/pairs.ts'
import { readDocuments } from '../../queries/drafts/read-documents.ts'
import type { CommandContext } from '../context.ts'
import { readInputText } from '../read-input-text.ts'
import { pairFlag, type NamedText } from './pair-flag.ts'

/** How objects are given on the command line. */
export const draftFlags = {
  key: pairFlag({
    char: 'k',
    summary: 'Attribute and its value; repeatable. Lists take one value after the other, or JSON.',
  }),
  data: Flags.string({
    char: 'd',
    summary: 'The object, as JSON.',
    helpValue: 'JSON',
    exclusive: ['file', 'interactive'],
  }),
  file: Flags.string({
    char: 'f',
    summary: 'File with the object, or several, as YAML or JSON; - is standard input.',
    helpValue: 'FILE',
    exclusive: ['interactive'],
  }),
  interactive: Flags.boolean({ char: 'i', summary: 'Write it in an editor: $VISUAL, $EDITOR or vi.' }),
  'dry-run': Flags.boolean({ summary: 'Check everything, show what would be sent, and change nothing.' }),
}

export interface DraftFlags {
  readonly key?: readonly NamedText[] | undefined
  readonly data?: string | undefined
  readonly file?: string | undefined
}

/** The objects that flags give: of a file or text, each with what `-k` says over it, or of `-k` alone. */
export async function readDrafts(
  flags: DraftFlags,
  world: { readonly entity: EntityDefinition; readonly context: Pick<CommandContext, 'environment'> },
): Promise<readonly Draft[]> {
  const pairs = draftOfPairs(world.entity, flags.key ?? [])
  const given = await givenDrafts(flags, world.context)
  if (given === undefined) return flags.key === undefined ? [] : [pairs]
  return given.map((draft) => laidOver(draft, pairs))
}

async function givenDrafts(
  { data, file }: DraftFlags,
  { environment }: Pick<CommandContext, 'environment'>,
): Promise<readonly Draft[] | undefined> {
  if (data !== undefined) return readDocuments({ name: '--data', content: data })
  return file === undefined ? undefined : readDocuments(await readInputText(file, environment))
}

/** What the second says counts, and where it stands is told of it. */
function laidOver(draft: Draft, over: Draft): Draft {
  return {
    object: { ...draft.object, ...over.object },
    where: (name) =>
      name !== undefined && Object.hasOwn(over.object, name) ? over.where(name) : draft.where(name),
  }
}
