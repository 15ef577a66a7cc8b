import { format } from 'prettier'
import { expect, it } from 'vitest'
import { checksFor } from '../../../src/lib/preflight/checks/all-checks.ts'
import { categories, type Check } from '../../../src/lib/preflight/checks/check.ts'
import { builtInSets } from '../../../src/lib/preflight/requirements/load-requirements.ts'

/**
 * Every check that can be in a report has its anchor in docs/checks/linux.md. Written from the checks:
 * `npx vitest run test/lib/preflight/documentation.test.ts -u`.
 */
it('documents every check of every built-in set', async () => {
  const sets = builtInSets.map((set) => ({
    set,
    checks: checksFor(set, { console: true, packageHost: true, givenAuthority: false }),
  }))
  const all = new Map<string, Check>(sets.flatMap(({ checks }) => checks.map((check) => [check.id, check])))
  const required = (id: string): string[] =>
    sets.flatMap(({ set, checks }) => {
      const check = checks.find((one) => one.id === id)
      return check === undefined
        ? []
        : [`| \`${set.name}\` | ${check.severity} | ${check.requirement.replaceAll('|', '\\|')} |`]
    })
  const section = (check: Check): string[] => [
    '',
    `<a id="${check.id}"></a>`,
    '',
    `### ${check.title}`,
    '',
    `\`${check.id}\``,
    '',
    check.hint.replaceAll('<', '&lt;'),
    '',
    '| Requirement set | Severity | Wanted |',
    '| --- | --- | --- |',
    ...required(check.id).map((line) => line.replaceAll('<', '&lt;')),
  ]
  const page = [
    '# Checks of `apoctl preflight linux`',
    '',
    'Written from the checks themselves. An `error` blocks; an `overridable` blocks until it is accepted with',
    '`--accept-risk ID`; a `warning` blocks with `--strict` only; `info` never does. `--skip ID` judges and shows a',
    'check without counting it.',
    ...categories.flatMap((category) => [
      '',
      `## ${category}`,
      ...[...all.values()].filter((check) => check.category === category).flatMap(section),
    ]),
    '',
  ].join('\n')
  await expect(await format(page, { parser: 'markdown' })).toMatchFileSnapshot(
    '../../../docs/checks/linux.md',
  )
})
