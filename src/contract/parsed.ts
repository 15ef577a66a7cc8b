/**
 * What reading a text gives: the value, or one sentence about what is wrong with it.
 * The contract never throws over bad text; whoever asked knows the file, flag or field to blame.
 */
export type Parsed<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: string }

export function parsed<Value>(value: Value): Parsed<Value> {
  return { ok: true, value }
}

export function problem(text: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: text }
}
