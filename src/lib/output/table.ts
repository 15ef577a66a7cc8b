import stringWidth from 'string-width'
import type { Theme } from './theme.ts'

export interface TableContent {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const gap = '  '

/** Lays cells out in columns: bold header on a terminal, plain aligned columns on a pipe. */
export function renderTable(content: TableContent, theme: Theme): string {
  const widths = columnWidths(content)
  return [renderHeader(content.columns, { widths, theme }), ...renderRows(content.rows, widths)].join('\n')
}

/** How wide each column must be for its title and its cells. */
export function columnWidths({ columns, rows }: TableContent): number[] {
  return columns.map((title, at) =>
    Math.max(widthOf(title), ...rows.map((row) => Math.max(...linesOf(row[at]).map(widthOf)))),
  )
}

export function renderHeader(
  columns: readonly string[],
  look: { readonly widths: readonly number[]; readonly theme: Theme },
): string {
  return renderLine(
    columns.map((column) => look.theme.bold(column)),
    look.widths,
  )
}

/** Rows of columns that are so wide; a longer cell pushes its row to the right and no other. */
export function renderRows(rows: readonly (readonly string[])[], widths: readonly number[]): string[] {
  return rows.flatMap((row) => {
    const cells = widths.map((_, at) => linesOf(row[at]))
    const height = Math.max(...cells.map(({ length }) => length))
    return Array.from({ length: height }, (_, line) =>
      renderLine(
        cells.map((lines) => lines[line] ?? ''),
        widths,
      ),
    )
  })
}

function renderLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, at) => cell + ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(cell))))
    .join(gap)
    .trimEnd()
}

function linesOf(cell: string | undefined): string[] {
  return (cell ?? '').split('\n')
}

/** In columns of a terminal, colours aside. Most text is ASCII, of which nothing has to be looked up. */
function widthOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text)
}
