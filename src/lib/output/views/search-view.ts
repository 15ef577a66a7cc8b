import { exitCode } from '../../errors/exit-code.ts'
import type { SearchReport } from '../../queries/search-objects.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'

export const searchPresentation: Presentation<SearchReport> = {
  kind: 'SearchReport',
  exitCode: () => exitCode.ok,
  views: {
    table: searchView,
    jsonl: ({ kinds }) =>
      kinds.flatMap(({ resource, objects }) => objects.map((object) => ({ resource, ...object }))),
  },
}

function searchView({ kinds, text }: SearchReport, theme: Theme): string {
  if (kinds.length === 0)
    return `nothing has "${sanitiseLine(text)}" in its name, description, tags or ID here`
  const blocks = kinds.map(({ resource, objects, more }) => {
    const rows = objects.map(({ name, namespace, ID, description }) =>
      [name, namespace, ID, description].map(sanitiseLine),
    )
    const table = renderTable({ columns: ['NAME', 'NAMESPACE', 'ID', 'DESCRIPTION'], rows }, theme)
    const rest = more ? [theme.dim(`and more: apoctl api list ${resource}`)] : []
    return [theme.bold(resource), table, ...rest].join('\n')
  })
  return blocks.join('\n\n')
}
