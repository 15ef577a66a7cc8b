import { ApoctlError } from '../errors/apoctl-error.ts'

/** The part of a framework error that tells a usage error from a bug. */
interface ParserError extends Error {
  readonly oclif?: { readonly exit?: number | false }
}

/** The framework adds this pointer to its messages; our hints say it once, in our own way. */
const frameworkHint = /\s*See more help with --help\s*$/
/** What the framework writes in front of the message of a flag's own parser. */
const parsingPrefix = /^Parsing (--\S+)\s+/

/** And in front of everything else. */
const listPrefix = /^The following errors? occurred:\s+/
/** It shows the values of flags that exclude each other, and one may be a secret. */
const shownValue = /(--[\w-]+)=.*? cannot also be provided when using/gs

/** Turns what the flag parser throws into our own error; leaves everything else as it is. */
export function toApoctlError(thrown: unknown): unknown {
  if (thrown instanceof ApoctlError) {
    // The framework writes into the message of an error that a flag's parser throws, ours included.
    return parsingPrefix.test(thrown.message) ? thrown.restated({ message: tidy(thrown.message) }) : thrown
  }
  if (!(thrown instanceof Error) || (thrown as ParserError).oclif?.exit !== 2) return thrown
  return new ApoctlError(['APO-USAGE', tidy(thrown.message)], { cause: thrown })
}

function tidy(message: string): string {
  return message
    .replace(frameworkHint, '')
    .replace(listPrefix, '')
    .replace(shownValue, '$1 cannot also be provided when using')
    .replace(parsingPrefix, '$1: ')
    .replace(/^(--\S+): \1(?![\w-])/, '$1')
    .replace(/\s*\n\s*/g, ' ')
    .trim()
}
