import { Flags } from '@oclif/core'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** A name and its value, both as they were typed. */
export interface NamedText {
  readonly name: string
  readonly text: string
}

/**
 * A flag that takes a name and a value: `-k name acme` and `-k name=acme`. The framework knows one word a
 * flag; `spell-out.ts` joins the two before it looks. Repeatable.
 */
export const pairFlag = Flags.custom<NamedText>({
  helpValue: 'NAME VALUE',
  multiple: true,
  multipleNonGreedy: true,
  parse: (text) => Promise.resolve(parsePair(text)),
})

function parsePair(text: string): NamedText {
  const end = text.indexOf('=')
  if (end > 0) return { name: text.slice(0, end), text: text.slice(end + 1) }
  throw new ApoctlError(['APO-INPUT-VALUE', `"${text}" has no value`], {
    hints: ['Write it as -k name value, or -k name=value.'],
  })
}
