import Table from 'cli-table3'
import type { Theme } from './theme.ts'

export interface TableContent {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

type Row = readonly string[]

/** What cli-table3 puts where it cuts a cell. */
const cut = '…'

const noBorders = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
    .map((edge) => [edge, '']),
)

/** Lays cells out in columns: bold header on a terminal, plain aligned columns on a pipe. */
export function renderTable(content: TableContent, theme: Theme): string {
  const widths = columnWidths(content)
  return [renderHeader(content.columns, { widths, theme }), ...renderRows(content.rows, widths)].join('\n')
}

/** How wide each column must be for its title and its cells, in columns of a terminal, colours aside. */
export function columnWidths({ columns, rows }: TableContent): number[] {
  return rows.reduce<number[]>(
    (widths, row) => {
      const needed = layOut([row]).widths
      return widths.map((width, at) => Math.max(width, needed[at] ?? 0))
    },
    layOut([columns]).widths,
  )
}

export function renderHeader(
  columns: readonly string[],
  look: { readonly widths: readonly number[]; readonly theme: Theme },
): string {
  const titles = columns.map((column) => look.theme.bold(column))
  return layOut([titles], look.widths).lines.join('\n')
}

/**
 * Rows of columns that are so wide; a longer cell pushes its row to the right and no other. Each row is laid
 * out by itself: cli-table3 takes time with the square of the cells, half a minute for ten thousand rows.
 */
export function renderRows(rows: readonly Row[], widths: readonly number[]): string[] {
  return rows.flatMap((row) => {
    const { lines } = layOut(
      [row],
      widths.map((width, at) => Math.max(width, knownWidth(row[at]))),
    )
    return lines.some((line) => line.includes(cut)) ? renderUncut(row, widths) : lines
  })
}

/** Of plain text, which most is, the width is seen at once: laying a row out a second time would take as long again. */
function knownWidth(cell = ''): number {
  return /^[\x20-\x7e]*$/.test(cell) ? cell.length : 0
}

/** A row in columns that are as wide as they should be, or as they must be. */
function renderUncut(row: Row, widths: readonly number[]): string[] {
  const ruler = widths.map((width) => ' '.repeat(width))
  return layOut([ruler, row]).lines.slice(1)
}

/** Columns without a width get the one that their cells need. */
function layOut(rows: readonly Row[], widths: readonly number[] = []) {
  const table = new Table({
    chars: { ...noBorders, middle: '  ' },
    colWidths: [...widths],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    truncate: cut,
  })
  table.push(...rows.map((row) => [...row]))
  const lines = table.toString().split('\n')
  // Rendering leaves the widths it found in the options.
  return { lines: lines.map((line) => line.trimEnd()), widths: table.options.colWidths.map(Number) }
}
