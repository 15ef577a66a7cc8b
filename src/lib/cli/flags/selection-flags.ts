import { Flags } from '@oclif/core'

/** Which objects of the Console: those of namespaces, and those that match. */
export const recursiveFlag = {
  recursive: Flags.boolean({ char: 'r', summary: 'Also the namespaces below.' }),
}

export const selectionFlags = {
  ...recursiveFlag,
  filter: Flags.string({
    char: 'f',
    summary: 'Only objects that match, in the language of the Console.',
    helpValue: 'EXPRESSION',
  }),
}

export const propagatedFlag = {
  propagated: Flags.boolean({ summary: 'Also what the namespaces above pass down.' }),
}

export const pagingFlags = {
  order: Flags.string({
    char: 'O',
    summary: 'Attribute to order by, -name for descending; repeatable.',
    helpValue: '[-]NAME',
    // spell-out.ts puts a blank before a dash.
    parse: (text) => Promise.resolve(text.trim()),
    multiple: true,
    multipleNonGreedy: true,
  }),
  page: Flags.integer({ char: 'P', summary: 'Only this page, counted from 1.', helpValue: 'N', min: 1 }),
  'page-size': Flags.integer({
    char: 'S',
    summary: 'Objects a page; how many are fetched at once.',
    helpValue: 'N',
    min: 1,
    max: 10_000,
  }),
}
