import { ApoctlError } from '../errors/apoctl-error.ts'

/** The part of a framework error that tells a usage error from a bug. */
interface ParserError extends Error {
  readonly oclif?: { readonly exit?: number | false }
}

/** The framework adds this pointer to its messages; our hints say it once, in our own way. */
const frameworkHint = /\s*See more help with --help\s*$/

/** Turns what the flag parser throws into our own error; leaves everything else as it is. */
export function toApoctlError(thrown: unknown): unknown {
  if (thrown instanceof ApoctlError || !(thrown instanceof Error)) return thrown
  if ((thrown as ParserError).oclif?.exit !== 2) return thrown
  const message = thrown.message
    .replace(frameworkHint, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim()
  return new ApoctlError(['APO-USAGE', message], { cause: thrown })
}
