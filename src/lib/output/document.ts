import type { OutputFormat, Presentation } from './presentation.ts'
import type { Theme } from './theme.ts'

export const apiVersion = 'apoctl/v1'

export interface RenderRequest<Report extends object> {
  readonly report: Report
  readonly presentation: Presentation<Report>
  readonly format: OutputFormat
}

/**
 * Renders a report in the asked format. Machine formats are the report itself under `apiVersion` and
 * `kind`; the others are the views of its presentation. Ends without a newline; empty for `none`.
 */
export async function renderReport<Report extends object>(
  request: RenderRequest<Report>,
  theme: Theme,
): Promise<string> {
  const { report, presentation, format } = request
  const document = toDocument(presentation.kind, report)
  switch (format) {
    case 'json':
      return JSON.stringify(document, null, 2)
    case 'yaml':
      return renderYaml(document)
    case 'jsonl':
      return [...(presentation.views.jsonl?.(report) ?? [document])]
        .map((line) => JSON.stringify(line))
        .join('\n')
    case 'none':
      return ''
    default:
      return (presentation.views[format] ?? presentation.views.table)(report, theme)
  }
}

async function renderYaml(document: object): Promise<string> {
  const { stringify } = await import('yaml')
  return stringify(JSON.parse(JSON.stringify(document))).trimEnd()
}

export function toDocument(kind: string, body: object): object {
  return { apiVersion, kind, ...body }
}

/** The formats that a presentation really has, in the order people should read them. */
export function formatsOf(presentation: Presentation<never>): OutputFormat[] {
  const named = (['table', 'short', 'csv', 'junit', 'markdown'] as const).filter(
    (format) => presentation.views[format] !== undefined,
  )
  return [...named, 'json', 'yaml', 'jsonl', 'none']
}
