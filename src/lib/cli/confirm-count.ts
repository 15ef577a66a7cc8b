import { ApoctlError } from '../errors/apoctl-error.ts'
import type { CommandContext } from './context.ts'

/**
 * Asks a person to type how many objects are about to go: a number has to be read, a yes does not. Throws
 * APO-INPUT-MISSING where nobody can be asked, APO-DECLINED on anything but the number.
 */
export function confirmCount(
  about: { readonly given: boolean; readonly namespace: string },
  { ask, interactive }: Pick<CommandContext, 'ask' | 'interactive'>,
): (count: number, kind: string) => Promise<void> {
  return async (count, kind) => {
    if (about.given || count === 0) return
    const what = `${count} ${kind} of ${about.namespace} would be deleted`
    if (!interactive)
      throw new ApoctlError(['APO-INPUT-MISSING', what], {
        hints: ['Give --confirm to delete them, or --dry-run to see them.'],
      })
    const typed = await ask.text({ text: `${what}. Type ${count} to go on`, flag: '--confirm' })
    if (typed.trim() !== String(count))
      throw new ApoctlError(['APO-DECLINED', `nothing was deleted: that was not ${count}`])
  }
}
