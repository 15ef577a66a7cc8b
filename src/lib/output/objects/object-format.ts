/** The forms that objects of the Console are shown in. */
export type ObjectFormat = 'table' | 'json' | 'yaml' | 'jsonl' | 'csv' | 'none'

/**
 * How objects are shown that have been asked for: a list of them or the one. Where a person only wants to know
 * that it is done, a table is no more than their IDs.
 */
export type ObjectLayout = 'list' | 'one' | 'ids' | 'id'

/** The layout of what was done to objects: who names columns, or only tries it out, wants to see them. */
export function layoutOf(done: { readonly single: boolean; readonly inFull: boolean }): ObjectLayout {
  if (done.single) return done.inFull ? 'one' : 'id'
  return done.inFull ? 'list' : 'ids'
}

/** What a person said about the form, in flags. */
export interface AskedForm {
  readonly output?: ObjectFormat | undefined
  readonly json: boolean
  readonly jq?: string | undefined
}

/** `--jq` works on JSON, whatever else was said. */
export function objectFormat({ output, json, jq }: AskedForm): ObjectFormat {
  if (jq !== undefined) return output === 'jsonl' ? 'jsonl' : 'json'
  return json ? 'json' : (output ?? 'table')
}

/** True when all attributes are shown, and not only the columns of a table. */
export function wantsWholeObjects(form: AskedForm): boolean {
  return !['table', 'csv', 'none'].includes(objectFormat(form))
}
