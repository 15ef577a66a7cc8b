import { ApoctlError } from '../errors/apoctl-error.ts'
import type { CommandContext } from './context.ts'

/** What is about to be deleted, as people know it. */
export interface Doomed {
  readonly name: string
  readonly namespace: string
}

/**
 * Asks before something is deleted. The question throws APO-DECLINED on a no, APO-INPUT-MISSING where
 * nobody can be asked.
 */
export function confirmDelete(
  flags: { readonly confirm: boolean },
  context: Pick<CommandContext, 'ask'>,
): (doomed: Doomed) => Promise<void> {
  return async ({ name, namespace }) => {
    if (flags.confirm) return
    const text = `Delete ${name} in ${namespace}?`
    if (await context.ask.confirm({ text, flag: '--confirm' })) return
    throw new ApoctlError(['APO-DECLINED', 'nothing was deleted: you said no'])
  }
}
