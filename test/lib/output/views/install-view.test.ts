import { describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'
import { toInstallReport, type HostInstallValue } from '../../../../src/lib/install/linux/install-report.ts'
import { fleetReport, type HostResult, type WaveReport } from '../../../../src/lib/fleet/fleet-report.ts'
import type { UninstallReport } from '../../../../src/lib/install/linux/uninstall-linux.ts'
import { createTheme } from '../../../../src/lib/output/terminal.ts'
import { installPresentation } from '../../../../src/lib/output/views/install-view.ts'
import { uninstallPresentation } from '../../../../src/lib/output/views/uninstall-view.ts'

const theme = await createTheme({ isTty: false, columns: undefined, env: {} })

const enforcer = { id: '1', name: 'web1.example.com', namespace: '/acme', version: '1.2.3' }
const error = new ApoctlError(['APO-SSH-UNREACHABLE', 'web2 cannot be <reached> | today'], {
  hints: ['ssh root@web2'],
}).toDocument()
const hosts: readonly HostResult<HostInstallValue>[] = [
  {
    host: 'web1',
    wave: 1,
    outcome: 'ok',
    durationMs: 1500,
    value: { change: 'installed', steps: [], enforcer },
  },
  { host: 'web2', wave: 2, outcome: 'failed', durationMs: 20, error },
  { host: 'web3', wave: 3, outcome: 'not-attempted', reason: '1 of 1 host(s) of wave 2 failed' },
]
const waves: readonly WaveReport[] = [
  { number: 1, hosts: 'web1', hostCount: 1, failed: 0, outcome: 'done' },
  { number: 2, hosts: 'web2', hostCount: 1, failed: 1, outcome: 'stopped' },
  { number: 3, hosts: 'web3', hostCount: 1, failed: 0, outcome: 'not-attempted' },
]
const run = { id: '20261125-081500-a1b2', folder: '/home/ann/.apoctl/runs/20261125-081500-a1b2' }
const report = {
  ...toInstallReport(
    { verb: 'install', console: 'https://console.example.com', namespace: '/acme', dryRun: false },
    { ...fleetReport<HostInstallValue, HostResult<HostInstallValue>>(hosts), waves },
  ),
  run,
}
const { views } = installPresentation

describe('the report of an installation in waves', () => {
  it('counts the hosts that were not attempted, and is partial', () => {
    expect(report.counts).toMatchObject({ installed: 1, failed: 1, notAttempted: 1 })
    expect(installPresentation.exitCode(report)).toBe(5)
  })

  it('is a table with the waves, the causes, and what to type next', () => {
    expect(views.table(report, theme)).toBe(
      [
        'HOST  WAVE  RESULT     VERSION  ENFORCER          NAMESPACE',
        'web1  1     installed  1.2.3    web1.example.com  /acme',
        '',
        'failed web2: web2 cannot be <reached> | today [APO-SSH-UNREACHABLE]',
        '  ssh root@web2',
        '',
        'wave 1: web1 done',
        'wave 2: web2 1 failed: the run stopped here',
        'wave 3: web3 not attempted',
        '',
        'next, for the others: apoctl enforcer install linux --resume 20261125-081500-a1b2',
        'journal: /home/ann/.apoctl/runs/20261125-081500-a1b2',
        '',
        '1 installed, 1 failed, 1 not attempted (https://console.example.com, namespace /acme)',
      ].join('\n'),
    )
  })

  it('says of a refusal what was found, and what to do', () => {
    const found = ['the clock of the host is 2 h behind', 'another', 'a third', 'a fourth']
    const refusal = {
      summary: '4 hosts fail linux.clock.console',
      found: found.map((text) => ({ text, hosts: 1 })),
      hint: 'Set it.',
    } as unknown as (typeof report.refusals)[number]
    expect(views.table({ ...report, refusals: [refusal] }, theme)).toContain(
      'refused 4 hosts fail linux.clock.console\n  the clock of the host is 2 h behind\n  another\n  a third\n  Set it.',
    )
  })

  it('is a test suite a wave for CI', () => {
    const junit = views.junit?.(report, theme) ?? ''
    expect(junit).toContain('<testsuites name="install" tests="3" failures="1" errors="0" skipped="1">')
    expect(junit).toContain('<testsuite name="install wave 2" tests="1" failures="1" errors="0" skipped="0">')
    expect(junit).toContain('classname="install.wave.1" name="web1" time="1.500"')
    expect(junit).toContain(
      '<failure message="web2 cannot be &lt;reached&gt; | today" type="APO-SSH-UNREACHABLE"/>',
    )
    expect(junit).toContain('<skipped message="not attempted: 1 of 1 host(s) of wave 2 failed"/>')
  })

  it('is a page for a ticket', () => {
    const page = views.markdown?.(report, theme) ?? ''
    expect(page).toContain('| 2 | web2 | 1 | stopped |')
    expect(page).toContain('| web1 | 1 | installed | web1.example.com 1.2.3 in /acme |')
    expect(page).toContain('| web2 | 2 | failed | web2 cannot be &lt;reached> \\| today |')
    expect(page).toContain('| web3 | 3 | not attempted |')
    expect(page).toContain('- **web2**: web2 cannot be &lt;reached> \\| today (APO-SSH-UNREACHABLE)')
  })

  it('says nothing of waves where there were none', () => {
    const alone = {
      host: 'web1',
      outcome: 'ok',
      durationMs: 1,
      value: { change: 'installed', steps: [], enforcer },
    } as const
    const plain = { ...report, waves: [], hosts: [alone] }
    expect(views.table(plain, theme)).not.toMatch(/wave/i)
    expect(views.markdown?.(plain, theme)).not.toMatch(/wave/i)
    expect(views.junit?.(plain, theme)).toContain('<testsuite name="install" ')
  })
})

describe('the report of a removal in waves', () => {
  it('shows them in every window', () => {
    const removed: UninstallReport = {
      ...fleetReport(
        hosts.map((row) =>
          row.outcome === 'ok'
            ? {
                ...row,
                value: {
                  change: 'removed',
                  steps: [],
                  gone: ['/opt/x'],
                  forgotten: ['enforcer web1'],
                } as const,
              }
            : row,
        ),
      ),
      ...{ waves, dryRun: false, exitCode: 5, run },
    }
    expect(uninstallPresentation.views.table(removed, theme)).toContain('wave 3: web3 not attempted')
    expect(uninstallPresentation.views.table(removed, theme)).toContain(
      'uninstall linux --resume 20261125-081500-a1b2',
    )
    expect(uninstallPresentation.views.markdown?.(removed, theme)).toContain(
      '| web1 | 1 | removed | enforcer web1 |',
    )
    expect(uninstallPresentation.views.junit?.(removed, theme)).toContain(
      '<testsuite name="uninstall wave 3"',
    )
  })
})
