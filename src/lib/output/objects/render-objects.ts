import type { WireObject } from '../../../contract/entity/definition.ts'
import type { ShownObjects } from '../../queries/shown-objects.ts'
import { toJson, toYaml } from '../document.ts'
import { columnWidths, renderHeader, renderRows, renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'
import { cellOf, rowOf } from './object-cell.ts'
import { filterThroughJq } from './jq.ts'
import type { ObjectFormat, ObjectLayout } from './object-format.ts'

export interface ObjectsRequest {
  readonly objects: ShownObjects
  readonly format: ObjectFormat
  readonly layout: ObjectLayout
  /** A jq expression: over the whole JSON document, or over each line of JSON lines. */
  readonly jq?: string | undefined
}

type Pages = AsyncIterable<readonly WireObject[]>
type Text = AsyncGenerator<string, void, undefined>

/**
 * Renders objects of the Console as they come, a page at a time and none kept. Machine formats are the
 * objects themselves, as the Console sends them: they can be given back to it.
 */
export function renderObjects(request: ObjectsRequest, theme: Theme): Text {
  if (request.jq === undefined) return render(request, theme)
  return filterThroughJq(render(request, theme), {
    expression: request.jq,
    lines: request.format === 'jsonl',
  })
}

function render({ objects, format, layout }: ObjectsRequest, theme: Theme): Text {
  const pages = projected(objects)
  const { columns } = objects
  const single = layout === 'one' || layout === 'id'
  switch (format) {
    case 'table':
      return asTable({ objects, pages, layout }, theme)
    case 'json':
      return single ? asOneJson(pages) : asJsonArray(pages)
    case 'yaml':
      return single ? asOneYaml(pages) : asYamlSequence(pages)
    case 'jsonl':
      return perObject(pages, (object) => toJson(object))
    case 'csv':
      return asCsv(pages, columns)
    case 'none':
      return asNothing(pages)
  }
}

/** What was asked for by name is all that is shown, also where a Console sends more. */
async function* projected({ pages, fields }: ShownObjects): AsyncGenerator<readonly WireObject[]> {
  for await (const page of pages) yield fields === undefined ? page : page.map((one) => only(one, fields))
}

function only(object: WireObject, fields: readonly string[]): WireObject {
  return Object.fromEntries(
    fields.filter((name) => Object.hasOwn(object, name)).map((name) => [name, object[name]]),
  )
}

interface TableOf {
  readonly objects: ShownObjects
  readonly pages: Pages
  readonly layout: ObjectLayout
}

function asTable({ objects, pages, layout }: TableOf, theme: Theme): Text {
  switch (layout) {
    case 'list':
      return asRows({ objects, pages }, theme)
    case 'one':
      return perObject(pages, (object) => {
        const shown = objects.columns.filter((column) => Object.hasOwn(object, column))
        const rows = shown.map((column) => [column, cellOf(object[column])])
        return renderTable({ columns: ['property', 'value'], rows }, theme)
      })
    case 'ids':
    case 'id':
      return perObject(pages, (object) => rowOf(object, objects.columns).join('  '))
  }
}

/** The first page decides how wide the columns are: the first row is not to wait for the last. */
async function* asRows({ objects, pages }: Pick<TableOf, 'objects' | 'pages'>, theme: Theme): Text {
  const { columns } = objects
  let widths: number[] | undefined
  for await (const page of pages) {
    const rows = page.map((object) => rowOf(object, columns))
    if (widths === undefined) {
      if (rows.length === 0) continue
      widths = columnWidths({ columns, rows })
      yield `${renderHeader(columns, { widths, theme })}\n`
    }
    if (rows.length > 0) yield `${renderRows(rows, widths).join('\n')}\n`
  }
  if (widths === undefined) yield `no ${objects.resource} here\n`
}

async function* asJsonArray(pages: Pages): Text {
  let opened = false
  for await (const page of pages) {
    if (page.length === 0) continue
    const texts = page.map((object) => `  ${toJson(object, 2).replaceAll('\n', '\n  ')}`)
    yield `${opened ? ',' : '['}\n${texts.join(',\n')}`
    opened = true
  }
  yield opened ? '\n]\n' : '[]\n'
}

function asOneJson(pages: Pages): Text {
  return perObject(pages, (object) => toJson(object, 2))
}

async function* asYamlSequence(pages: Pages): Text {
  let some = false
  for await (const page of pages) {
    if (page.length === 0) continue
    yield `${await toYaml(page)}\n`
    some = true
  }
  if (!some) yield '[]\n'
}

async function* asOneYaml(pages: Pages): Text {
  for await (const page of pages) for (const object of page) yield `${await toYaml(object)}\n`
}

async function* asCsv(pages: Pages, columns: readonly string[]): Text {
  yield `${columns.map(csvField).join(',')}\r\n`
  for await (const page of pages) {
    const lines = page.map((object) => columns.map((column) => csvField(csvText(object[column]))).join(','))
    if (lines.length > 0) yield `${lines.join('\r\n')}\r\n`
  }
}

function csvText(value: unknown): string {
  const cell = cellOf(value)
  return cell === '-' && value !== '-' ? '' : cell
}

/** As RFC 4180 has it. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Walked to the end all the same: on the way is what is done to the objects. */
async function* asNothing(pages: Pages): Text {
  for await (const page of pages) if (page.length < 0) yield ''
}

async function* perObject(pages: Pages, text: (object: WireObject) => string): Text {
  for await (const page of pages) if (page.length > 0) yield `${page.map(text).join('\n')}\n`
}
