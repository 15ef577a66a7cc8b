import { describe, expect, it } from 'vitest'
import { createTheme } from '../../../../src/lib/output/terminal.ts'
import { importPresentation } from '../../../../src/lib/output/views/import-view.ts'
import type { ImportedObject, ImportReport } from '../../../../src/lib/queries/exchange/import-report.ts'

const plain = await createTheme({ isTty: false, columns: undefined, env: {} })
const colourful = await createTheme({ isTty: true, columns: 80, env: { FORCE_COLOR: '1' } })

function reportOf(objects: readonly ImportedObject[]): ImportReport {
  const counts = { created: 0, changed: 0, deleted: 0, unchanged: 0 }
  for (const { change } of objects) counts[change] += 1
  const one = { label: 'web', mode: 'Import', outcome: 'planned', compared: true, counts, objects } as const
  return { namespace: '/acme', dryRun: true, imports: [one], exitCode: 0 }
}
const changeOf = (from: unknown, to: unknown): ImportReport =>
  reportOf([
    { resource: 'externalnetworks', name: 'db', change: 'changed', attributes: [{ name: 'x', from, to }] },
  ])
const shown = (report: ImportReport, theme = plain): string[] =>
  importPresentation.views.table(report, theme).split('\n').slice(2)

describe('an import', () => {
  it('shows short values old and new on one line', () => {
    expect(shown(changeOf('old', 'new'))).toEqual(['    x: "old" → "new"'])
    expect(shown(changeOf(false, true))).toEqual(['    x: false → true'])
  })

  it('shows of a long list of texts what comes and goes', () => {
    const list = Array.from({ length: 30 }, (_, n) => `10.${n}.0.0/16`)
    expect(shown(changeOf(list, [...list.slice(1), '11.0.0.0/8']))).toEqual([
      '    x:',
      '      - "10.0.0.0/16"',
      '        … 29 the same',
      '      + "11.0.0.0/8"',
    ])
  })

  it('sees no difference in the order of keys', () => {
    const long = 'x'.repeat(80)
    expect(shown(changeOf({ a: 1, b: [long] }, { b: [long], a: 2 }))).toEqual([
      '    x:',
      '        {',
      '      -   "a": 1,',
      '      +   "a": 2,',
      '          "b": [',
      `            "${long}"`,
      '        … 2 the same',
    ])
  })

  it('takes no time for values that have nothing in common', () => {
    const list = (mark: string) => Array.from({ length: 20_000 }, (_, n) => `${mark}${n}`)
    const startedMs = performance.now()
    expect(shown(changeOf(list('a'), list('b')))).toHaveLength(40_001)
    expect(performance.now() - startedMs).toBeLessThan(10_000)
  })

  it('colours on a terminal, and obeys nothing that a name says to it', () => {
    const evil = 'db\u001b[2J\nforged'
    const report = reportOf([
      { resource: 'externalnetworks', name: evil, change: 'created', attributes: [], where: 'f.yaml:3' },
      { resource: 'externalnetworks', name: 'old', change: 'deleted', protected: true, attributes: [] },
    ])
    const [created, deleted] = importPresentation.views.table(report, colourful).split('\n').slice(1)
    expect(created).toBe('\u001b[32m+ externalnetworks  db forged\u001b[39m  \u001b[2mf.yaml:3\u001b[22m')
    expect(deleted).toBe('\u001b[31m- externalnetworks  old\u001b[39m (protected)')
  })

  it('that changes nothing is one line', () => {
    const same = { resource: 'externalnetworks', name: 'a', change: 'unchanged', attributes: [] } as const
    expect(importPresentation.views.table(reportOf([same]), plain)).toBe('web in /acme: 1 unchanged')
  })
})
