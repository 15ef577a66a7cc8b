import Table from 'cli-table3'
import type { Theme } from './theme.ts'

export interface TableContent {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const noBorders = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
    .map((edge) => [edge, '']),
)

/** Lays cells out in columns: bold header on a terminal, plain aligned columns on a pipe. */
export function renderTable(content: TableContent, theme: Theme): string {
  const table = new Table({
    head: content.columns.map((column) => theme.bold(column)),
    chars: { ...noBorders, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...content.rows.map((row) => [...row]))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
