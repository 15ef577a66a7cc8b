import { describe, expect, it } from 'vitest'
import { createLineReporter, type Verbosity } from '../../../../src/lib/output/reporters/line-reporter.ts'
import { createTheme } from '../../../../src/lib/output/terminal.ts'
import type { ProgressEvent } from '../../../../src/lib/progress/progress-event.ts'

const theme = await createTheme({ isTty: false, columns: undefined, env: {} })
const events: readonly ProgressEvent[] = [
  { type: 'started', subject: 'web1', step: 'copy' },
  { type: 'finished', subject: 'web1', step: 'copy', outcome: 'done' },
  { type: 'finished', subject: 'web1', step: 'link', outcome: 'unchanged' },
  { type: 'finished', subject: 'web1', step: 'start', outcome: 'failed' },
  { type: 'finished', subject: 'web1', step: 'verify', outcome: 'skipped' },
  { type: 'note', subject: 'web1', text: 'takes a while' },
  { type: 'warning', subject: 'web1', text: 'little memory' },
  { type: 'debug', subject: 'web1', text: 'ran true' },
]

async function said(verbosity: Verbosity, told = events): Promise<string[]> {
  let text = ''
  const reporter = createLineReporter({ verbosity, write: (more) => (text += more) }, theme)
  for (const event of told) reporter.report(event)
  return Promise.resolve(text.split('\n').slice(0, -1))
}

describe('createLineReporter', () => {
  const normal = [
    'web1: copy: ok',
    'web1: link: unchanged',
    'web1: start: failed',
    'web1: verify: skipped',
    'web1: takes a while',
    'warning: web1: little memory',
  ]

  it('says one line an event, and nothing about beginnings', async () => {
    expect(await said('normal')).toEqual(normal)
  })

  it('says details when verbose', async () => {
    expect(await said('verbose')).toEqual([...normal, 'web1: ran true'])
  })

  it('says only warnings when quiet', async () => {
    expect(await said('quiet')).toEqual(['warning: web1: little memory'])
  })

  it('names the wave that begins, where there are several', async () => {
    const hosts = ['web1', 'web2', 'web3']
    const told: ProgressEvent[] = [
      { type: 'wave', step: 'install', number: 2, count: 3, hosts },
      { type: 'wave', step: 'install', number: 1, count: 1, hosts },
    ]
    expect(await said('normal', told)).toEqual(['wave 2 of 3: install: web[1-3] (3)'])
  })

  it('says when, once hosts are worked on', () => {
    let text = ''
    const timestamp = () => '2026-01-02T03:04:05Z'
    const reporter = createLineReporter(
      { verbosity: 'normal', write: (more) => (text += more), timestamp },
      theme,
    )
    reporter.report({ type: 'note', subject: 'inventory', text: 'read' })
    reporter.report({ type: 'wave', step: 'install', number: 1, count: 1, hosts: ['web1'] })
    reporter.report({ type: 'finished', subject: 'web1', step: 'install', outcome: 'done' })
    expect(text).toBe('inventory: read\n2026-01-02T03:04:05Z web1: install: ok\n')
  })

  it('lets no host forge a line or move the cursor', async () => {
    const told: ProgressEvent[] = [
      { type: 'note', subject: 'web1\u001b[A', text: 'no\u001b[2K\nweb2: install: ok\u009b' },
    ]
    expect(await said('normal', told)).toEqual(['web1: no web2: install: ok'])
  })
})
