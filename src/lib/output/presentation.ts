import type { ExitCode } from '../errors/exit-code.ts'
import type { Theme } from './theme.ts'

/** Renders a report as text; pure, and always ends without a newline. */
export type View<Report> = (report: Report, theme: Theme) => string

/** The output formats that need a view of their own; `json` and `yaml` come from the value itself. */
export interface Views<Report> {
  readonly table: View<Report>
  readonly short?: View<Report>
  readonly markdown?: View<Report>
  readonly junit?: View<Report>
  readonly csv?: View<Report>
  /** One JSON value a line. */
  readonly jsonl?: (report: Report) => Iterable<object>
}

/** One result, many windows: everything the output room needs to show a command's report. */
export interface Presentation<Report extends object> {
  /** `kind` of the JSON document, in PascalCase; its schema is `schemas/<kind>.json`. */
  readonly kind: string
  readonly views: Views<Report>
  readonly exitCode: (report: Report) => ExitCode
}

export const outputFormats = [
  'table',
  'short',
  'json',
  'yaml',
  'jsonl',
  'csv',
  'junit',
  'markdown',
  'none',
] as const
export type OutputFormat = (typeof outputFormats)[number]
