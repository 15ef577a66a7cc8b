import { Flags } from '@oclif/core'
import { outputFlags } from './output-flags.ts'

/** How objects of the Console are shown. `--json=name,ID` is short for `--json --column name,ID`. */
export const objectFlags = {
  ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'csv', 'none']),
  column: Flags.string({
    char: 'c',
    summary: 'Attribute to fetch and show; repeatable, or several with commas.',
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
  }),
  jq: Flags.string({
    summary: 'Put the JSON through this jq expression; with -o jsonl object by object.',
    helpValue: 'EXPRESSION',
  }),
}
