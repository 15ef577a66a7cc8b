import type { OutputFormat, Presentation } from './presentation.ts'
import { unsafeInDocuments } from './sanitise.ts'
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
      return toJson(document, 2)
    case 'yaml':
      return toYaml(document)
    case 'jsonl':
      return [...(presentation.views.jsonl?.(report) ?? [document])].map((line) => toJson(line)).join('\n')
    case 'none':
      return ''
    default:
      return (presentation.views[format] ?? presentation.views.table)(report, theme)
  }
}

/** JSON that is safe on a terminal and still the same value: what could act there stands as \uXXXX. */
export function toJson(value: object, indent?: number): string {
  return withEscapes(JSON.stringify(value, null, indent), unsafeInDocuments)
}

/** The same value, with each character that matches as \uXXXX: one that only strings have. */
export function withEscapes(json: string, unsafe: RegExp): string {
  return json.replace(unsafe, escaped)
}

/**
 * YAML that is safe on a terminal; only double quotes know escapes, so what could act there, or is `unsafe` for
 * another reason, is written in them.
 */
export async function toYaml(value: object, unsafe = unsafeInDocuments): Promise<string> {
  const { Document, Scalar, stringify, visit } = await import('yaml')
  const json = JSON.stringify(value)
  const plain: unknown = JSON.parse(json)
  // Looking at every value costs as much as writing it, and is nearly always for nothing.
  if (json.search(unsafe) === -1) return stringify(plain, yamlLook).trimEnd()
  const yaml = new Document(plain, yamlLook)
  visit(yaml, {
    Scalar(_key, node) {
      if (String(node.value).search(unsafe) !== -1) node.type = Scalar.QUOTE_DOUBLE
    },
  })
  return withEscapes(yaml.toString(), unsafe).trimEnd()
}

/** Equal values are written out each time: an alias would tie together what only looks alike. */
const yamlLook = { aliasDuplicateObjects: false } as const

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
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
