import { Flags } from '@oclif/core'
import type { OutputFormat } from '../../output/presentation.ts'
import { durationFlag } from './duration-flag.ts'

/** What every command has: how the result looks, how much is said, how long it may take. */
export function outputFlags<Format extends OutputFormat>(formats: readonly Format[]) {
  return {
    output: Flags.option({ options: formats })({
      char: 'o',
      summary: 'Form of the result on standard output.',
      helpGroup: 'OUTPUT',
    }),
    json: Flags.boolean({ summary: 'The same as --output json.', helpGroup: 'OUTPUT' }),
    quiet: Flags.boolean({ char: 'q', summary: 'Say nothing but warnings and errors.', helpGroup: 'OUTPUT' }),
    verbose: Flags.boolean({
      summary: 'Say every step, and show the cause of an error.',
      helpGroup: 'OUTPUT',
    }),
    'log-file': Flags.string({
      summary: 'Also write every event to this file, one JSON value a line.',
      helpValue: 'FILE',
      helpGroup: 'OUTPUT',
    }),
    'no-input': Flags.boolean({
      summary: 'Never ask; a missing answer is a usage error.',
      helpGroup: 'OUTPUT',
    }),
    timeout: durationFlag({
      summary: 'Give up after this long, such as 90s or 10m.',
      helpGroup: 'OUTPUT',
    }),
  }
}
