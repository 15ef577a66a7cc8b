/**
 * What reading a text gives: the value, or one sentence about what is wrong with it.
 * The contract never throws over bad text; whoever asked knows the file, flag or field to blame.
 */
export type Parsed<Value> = { readonly ok: true; readonly value: Value } | Problem

export interface Problem {
  readonly ok: false
  readonly problem: string
  /** Where in the text, counted in characters from 0, when the reader of that text can tell. */
  readonly at?: number
}

export function parsed<Value>(value: Value): Parsed<Value> {
  return { ok: true, value }
}

export function problem(text: string, at?: number): Problem {
  return at === undefined ? { ok: false, problem: text } : { ok: false, problem: text, at }
}
