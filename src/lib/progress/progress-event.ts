/** What the library says while it works. `subject` is who it is about: a host, a Console, a file. */
export type ProgressEvent =
  | { readonly type: 'started'; readonly subject: string; readonly step: string }
  | {
      readonly type: 'finished'
      readonly subject: string
      readonly step: string
      readonly outcome: ProgressOutcome
      /** A part of something larger whose end is reported too: only said when it fails, or when asked for. */
      readonly isPart?: true
    }
  /** Work on these hosts begins, which are one wave of several, or all there are. */
  | {
      readonly type: 'wave'
      readonly step: string
      /** From 1. */
      readonly number: number
      readonly count: number
      readonly hosts: readonly string[]
    }
  | { readonly type: 'note'; readonly subject: string; readonly text: string }
  | { readonly type: 'warning'; readonly subject: string; readonly text: string }
  | { readonly type: 'debug'; readonly subject: string; readonly text: string }
  /** What somebody asked for by its name; said in any case. */
  | { readonly type: 'trace'; readonly subject: string; readonly text: string }

export type ProgressOutcome = 'done' | 'unchanged' | 'failed' | 'skipped'
