import { addAbortSignal } from 'node:stream'
import { text } from 'node:stream/consumers'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { Question } from '../output/asker.ts'
import { Secret } from '../secrets/secret.ts'
import type { CommandContext } from './context.ts'

/** A secret as a flag or a variable gave it; `-` stands for standard input, and nothing for a question. */
export async function secretInput(
  given: string | undefined,
  where: { readonly question: Question; readonly context: Pick<CommandContext, 'ask' | 'signal'> },
): Promise<Secret> {
  const { question, context } = where
  return (await givenSecret(given, { flag: question.flag, context })) ?? context.ask.secret(question)
}

/** The same where nothing stands for nothing. Throws APO-INPUT-MISSING when standard input is empty. */
export async function givenSecret(
  given: string | undefined,
  where: { readonly flag: string; readonly context: Pick<CommandContext, 'signal'> },
): Promise<Secret | undefined> {
  if (given !== '-') return given === undefined ? undefined : new Secret(given)
  const read = (await text(addAbortSignal(where.context.signal, process.stdin))).replace(/\r?\n$/, '')
  if (read !== '') return new Secret(read)
  throw new ApoctlError(['APO-INPUT-MISSING', `standard input is empty, and ${where.flag} is read from it`])
}
