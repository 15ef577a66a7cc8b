import type { ImportedObject, ImportReport, LabelImport } from '../../queries/exchange/import-report.ts'
import { valueChange } from '../objects/value-change.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'

export const importPresentation: Presentation<ImportReport> = {
  kind: 'ImportReport',
  exitCode: (report) => report.exitCode,
  views: {
    table: importView,
    jsonl: ({ imports }) =>
      imports.flatMap(({ label, objects }) => objects.map((object) => ({ label, ...object }))),
  },
}

function importView({ namespace, imports }: ImportReport, theme: Theme): string {
  return imports.map((one) => labelView(one, { namespace, theme })).join('\n\n')
}

/** What stays as it is, is only counted: a person looks for what does not. */
function labelView(one: LabelImport, { namespace, theme }: { namespace: string; theme: Theme }): string {
  const objects = one.objects.filter(({ change }) => change !== 'unchanged')
  const head = `${theme.bold(sanitiseLine(one.label))} in ${namespace}: ${summary(one, theme)}`
  return [head, ...objects.flatMap((object) => objectView(object, theme))].join('\n')
}

function summary({ outcome, problem, compared, counts, mode }: LabelImport, theme: Theme): string {
  if (outcome === 'failed')
    return `${theme.bad('failed')}, nothing was changed: ${sanitiseLine(problem ?? '')}`
  const done = outcome === 'done'
  if (!compared) {
    const verb = mode === 'Remove' ? 'removed' : 'imported'
    return `${theme.good(verb)}; what that changed is not known: the Console does not show it to you`
  }
  const numbers = [
    [counts.created, done ? 'created' : 'to create', theme.good],
    [counts.changed, done ? 'changed' : 'to change', theme.warn],
    [counts.deleted, done ? 'deleted' : 'to delete', theme.bad],
    [counts.unchanged, 'unchanged', theme.dim],
  ] as const
  const said = numbers.filter(([count]) => count > 0).map(([count, word, paint]) => paint(`${count} ${word}`))
  return said.length === 0 ? theme.dim('there is nothing') : said.join(', ')
}

const signs = { created: '+', changed: '~', deleted: '-', unchanged: ' ' } as const

function objectView(object: ImportedObject, theme: Theme): string[] {
  const { resource, name, change, where, attributes } = object
  const paint = { created: theme.good, changed: theme.warn, deleted: theme.bad, unchanged: theme.dim }[change]
  const note = object.protected === true ? ' (protected)' : ''
  const place = where === undefined ? '' : `  ${theme.dim(sanitiseLine(where))}`
  const head = `${paint(`${signs[change]} ${resource}  ${sanitiseLine(name)}`)}${note}${place}`
  if (change !== 'changed') return [head]
  return [head, ...attributes.flatMap((one) => valueChange(one, theme).map((line) => `    ${line}`))]
}
