import { ApoctlError } from '../errors/apoctl-error.ts'
import { toApoctlError } from './to-apoctl-error.ts'

/** Whatever was thrown, as an error with a code: what apoctl did not foresee is APO-BUG. */
export function errorOf(thrown: unknown): ApoctlError {
  const error = toApoctlError(thrown)
  if (error instanceof ApoctlError) return error
  return new ApoctlError(['APO-BUG', `apoctl has a bug: ${String(error)}`], { cause: error })
}

export function unknownCommand(typed: {
  readonly words: string
  readonly meant: readonly string[]
}): ApoctlError {
  const meant = typed.meant.map((id) => `Did you mean: apoctl ${id}`)
  return new ApoctlError(['APO-USAGE', `"${typed.words}" is not a command of apoctl`], {
    hints: meant.length > 0 ? meant : ['List the commands: apoctl --help'],
  })
}

/** A result that nobody got is no success, whatever it said. */
export function lostOutput(cause: Error): ApoctlError {
  return new ApoctlError(['APO-OUTPUT-LOST', `standard output cannot be written: ${cause.message}`], {
    cause,
  })
}
