import { exitCode } from '../../errors/exit-code.ts'
import type { ObjectList } from '../../queries/list-objects.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'

export const objectListPresentation: Presentation<ObjectList> = {
  kind: 'ObjectList',
  exitCode: () => exitCode.ok,
  views: { table: listView, jsonl: (list) => list.objects },
}

function listView(list: ObjectList, theme: Theme): string {
  if (list.objects.length === 0) return `no ${list.resource} here`
  const rows = list.objects.map((object) => list.columns.map((column) => cell(object[column])))
  return renderTable({ columns: list.columns, rows }, theme)
}

function cell(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-'
  return sanitiseLine(typeof value === 'string' ? value : JSON.stringify(value))
}
