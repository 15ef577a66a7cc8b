import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { columnWidths, renderRows, renderTable } from '../../../src/lib/output/table.ts'
import { createTheme } from '../../../src/lib/output/terminal.ts'

const plain = await createTheme({ isTty: false, columns: undefined, env: {} })
const colourful = await createTheme({ isTty: true, columns: 80, env: { TERM: 'xterm' } })

const content = {
  columns: ['HOST', 'STATUS'],
  rows: [
    ['web1', 'ok'],
    ['a-longer-name', 'failed'],
  ],
}

describe('renderTable', () => {
  it('aligns columns without borders or blanks at the end', () => {
    expect(renderTable(content, plain)).toBe(
      ['HOST           STATUS', 'web1           ok', 'a-longer-name  failed'].join('\n'),
    )
  })

  it('aligns coloured cells as plain ones', () => {
    const coloured = { ...content, rows: content.rows.map(([a = '', b = '']) => [colourful.bad(a), b]) }
    const text = renderTable(coloured, colourful)
    expect(text).toContain('\u001b[31m')
    expect(stripVTControlCharacters(text)).toBe(renderTable(content, plain))
  })

  it('counts wide characters as two columns', () => {
    const text = renderTable(
      {
        columns: ['A', 'B'],
        rows: [
          ['東京', 'x'],
          ['abcd', 'y'],
        ],
      },
      plain,
    )
    expect(text.split('\n')).toEqual(['A     B', '東京  x', 'abcd  y'])
  })

  it('shows only the header of an empty table', () => {
    expect(renderTable({ columns: ['A', 'B'], rows: [] }, plain)).toBe('A  B')
  })

  it('does not wrap or cut on a pipe', () => {
    const long = 'x'.repeat(5000)
    expect(renderTable({ columns: ['A'], rows: [[long]] }, plain)).toContain(long)
  })
})

describe('renderRows', () => {
  const widths = columnWidths({ columns: ['NAME', 'STATUS'], rows: [['東京都', 'ok']] })

  it('keeps the columns of the first page', () => {
    const rows = [
      ['a', 'ok'],
      ['大阪', 'failed'],
    ]
    expect(renderRows(rows, widths)).toEqual(['a       ok', '大阪    failed'])
  })

  it('cuts no cell: a longer one pushes its own row and no other', () => {
    const rows = [
      ['a-longer-name', 'ok'],
      ['名古屋市', 'failed'],
      ['b', 'ok'],
    ]
    expect(renderRows(rows, widths)).toEqual(['a-longer-name  ok', '名古屋市  failed', 'b       ok'])
  })

  it('shows the mark of a cut in a cell as any other character', () => {
    expect(renderRows([['a…', 'ok']], widths)).toEqual(['a…      ok'])
  })
})
