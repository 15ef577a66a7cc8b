import { expect, it } from 'vitest'
import { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'
import { groupFailures } from '../../../../src/lib/fleet/fleet-report.ts'
import type { ShownRun } from '../../../../src/lib/fleet/journal/show-run.ts'
import { createTheme } from '../../../../src/lib/output/terminal.ts'
import { runDifferencePresentation } from '../../../../src/lib/output/views/run-difference-view.ts'
import { runListPresentation } from '../../../../src/lib/output/views/run-list-view.ts'
import { runPresentation } from '../../../../src/lib/output/views/run-view.ts'

const theme = await createTheme({ isTty: false, columns: undefined, env: {} })
const error = new ApoctlError(['APO-SSH-LOST', 'web2: \u001b[2J<gone>']).toDocument()
const time = '2026-11-25T08:15:01.000Z'
const run: ShownRun = {
  id: '20261125-081500-a1b2',
  state: 'interrupted',
  command: 'enforcer install linux',
  words: ['--namespace=/acme', '--confirm'],
  startedAt: '2026-11-25T08:15:00.000Z',
  operator: 'ann@laptop',
  console: 'https://console.example.com',
  namespace: '/acme',
  workingDir: '/work',
  apoctlVersion: '1.0.0',
  step: 'install',
  folder: '/runs/20261125-081500-a1b2',
  inDetail: false,
  counts: { done: 1, unchanged: 0, failed: 1, begun: 1, pending: 1 },
  failures: groupFailures([{ host: 'web2', error }]),
  hosts: [
    { host: 'web1', state: 'done', durationMs: 4512, steps: [{ time, step: 'install', outcome: 'done' }] },
    { host: 'web2', state: 'failed', durationMs: 20, error, steps: [] },
    { host: 'web3', state: 'begun', steps: [{ time, step: 'copy the layer', outcome: 'begun' }] },
    { host: 'web4', state: 'pending', steps: [] },
  ],
}
const { views } = runPresentation

it('shows what a run was, what became of each host, and what to type next', () => {
  expect(views.table(run, theme).replaceAll(/ +$/gm, '')).toBe(
    [
      'Run 20261125-081500-a1b2: interrupted (1 done, 1 failed, 1 begun, 1 pending)',
      'command   apoctl enforcer install linux --namespace=/acme --confirm',
      'started   2026-11-25T08:15:00.000Z by ann@laptop, apoctl 1.0.0',
      'console   https://console.example.com',
      'namespace /acme',
      'journal   /runs/20261125-081500-a1b2',
      '',
      'HOST  STATE    TOOK   WHY',
      'web1  done     4.5 s',
      'web2  failed   0.0 s  APO-SSH-LOST',
      'web3  begun    -      copy the layer',
      'web4  pending  -',
      '',
      'failed web2: web2: <gone> [APO-SSH-LOST]',
      '  Run the command again: it goes on from the state it finds.',
      '',
      'next, for the others: apoctl enforcer install linux --resume 20261125-081500-a1b2',
    ].join('\n'),
  )
})

it('shows the steps on a host', () => {
  const [, , host] = run.hosts
  const shown = views.table({ ...run, inDetail: true, hosts: host === undefined ? [] : [host] }, theme)
  expect(shown).toContain('web3: begun\n  2026-11-25T08:15:01.000Z  begun      copy the layer')
})

it('is for CI systems and for tickets', () => {
  const junit = views.junit?.(run, theme) ?? ''
  expect(junit).toContain(
    '<testsuites name="enforcer install linux" tests="4" failures="1" errors="0" skipped="2">',
  )
  expect(junit).toContain('type="APO-SSH-LOST"')
  expect(junit).not.toContain('\u001b')
  const markdown = views.markdown?.(run, theme) ?? ''
  expect(markdown).toContain('# enforcer install linux, run 20261125-081500-a1b2 of 2026-11-25T08:15:00.000Z')
  expect(markdown).toContain('| web1 | done |')
})

it('is a row among others, and what cannot be read is said below', () => {
  const list = { runs: [run], unreadable: [{ id: '20261124-081500-a1b2', why: 'plan.json cannot be read' }] }
  expect(runListPresentation.views.table(list, theme).split('\n').slice(1)).toEqual([
    '20261125-081500-a1b2  enforcer install linux  interrupted  1 done, 1 failed, 1 begun, 1 pending  ann@laptop',
    '20261124-081500-a1b2: plan.json cannot be read',
  ])
  expect(runListPresentation.views.table({ runs: [], unreadable: [] }, theme)).toBe(
    'There was no run from here yet.',
  )
})

it('differs from another one; exit 1 when something broke', () => {
  const difference = {
    before: run,
    after: { ...run, id: '20261126-081500-a1b2' },
    changes: [{ host: 'web1', kind: 'broken', before: 'done', after: 'failed: APO-SSH-LOST' } as const],
    alike: 3,
  }
  const { views: windows, exitCode } = runDifferencePresentation
  expect(windows.table(difference, theme).split('\n')).toEqual([
    'HOST  CHANGE  20261125-081500-a1b2  20261126-081500-a1b2',
    'web1  broken  done                  failed: APO-SSH-LOST',
    '',
    '3 host(s) as before',
  ])
  expect([exitCode(difference), exitCode({ ...difference, changes: [] })]).toEqual([1, 0])
})
