import { describe, expect, it } from 'vitest'
import { createTheme } from '../../../../src/lib/output/terminal.ts'
import { preflightListPresentation } from '../../../../src/lib/output/views/preflight-list-view.ts'
import { preflightPresentation } from '../../../../src/lib/output/views/preflight-view.ts'
import { judgeHost, unreachableHost, type HostPreflight } from '../../../../src/lib/preflight/judge-host.ts'
import { listChecks } from '../../../../src/lib/preflight/list-checks.ts'
import { checksOf, type PreflightCriteria } from '../../../../src/lib/preflight/preflight-host.ts'
import { toReport, type PreflightReport } from '../../../../src/lib/preflight/preflight-report.ts'
import { guide202110, guide202111 } from '../../../../src/lib/preflight/requirements/guide.ts'
import { enforcer } from '../../../../src/lib/preflight/requirements/enforcer.ts'
import { everyCheck } from '../../../../src/lib/preflight/select-checks.ts'
import { factsOf } from '../../preflight/collected.ts'

const pipe = await createTheme({ isTty: false, columns: undefined, env: {} })
const terminal = await createTheme({ isTty: true, columns: 120, env: { NO_COLOR: '1' } })
const criteria: PreflightCriteria = { set: guide202111, selection: everyCheck, strict: false }
const { views, exitCode } = preflightPresentation

function judged(
  name: string,
  tree = 'no-modules-6.18',
  replaced: Record<string, string[]> = {},
): HostPreflight {
  const facts = { ...factsOf(tree, replaced), host: name }
  return judgeHost(facts, { ...criteria, checks: checksOf(criteria) })
}

const lost = unreachableHost('web9', {
  code: 'APO-SSH-UNREACHABLE',
  message: 'web9 cannot be reached: \u001b[31mconnection refused\nok: all fine',
  hints: [],
  exitCode: 4,
})
const one = toReport(criteria, { hosts: [judged('web1')], fixes: [] })
const rhel = (version: string) => ({
  'os.release': ['ID="rhel"', 'ID_LIKE="fedora"', `VERSION_ID="${version}"`],
  'service.state': ['firewalld active enabled'],
  'netfilter.nftIdle': ['yes'],
})
const many = toReport(criteria, {
  hosts: [
    ...Array.from({ length: 3 }, (_, index) => judged(`db${index + 1}`, 'tree-debian-bookworm', rhel('8.3'))),
    judged('web1'),
    lost,
  ],
  fixes: [
    {
      host: 'db1',
      checkId: 'linux.firewall.firewalld',
      command: 'systemctl disable --now firewalld',
      outcome: 'declined',
      output: '',
    },
  ],
})

const golden = (name: string): string => `../../../golden/preflight/${name}`

describe('preflight of one host', () => {
  it('is a table grouped by category on a pipe, with words', async () => {
    await expect(views.table(one, pipe)).toMatchFileSnapshot(golden('one-host.pipe.txt'))
  })
  it('has marks on a terminal', async () => {
    await expect(views.table(one, terminal)).toMatchFileSnapshot(golden('one-host.terminal.txt'))
  })
  it('is problems only in short', async () => {
    await expect(views.short!(one, pipe)).toMatchFileSnapshot(golden('one-host.short.txt'))
  })
})

describe('preflight of many hosts', () => {
  it('folds the same problem', async () => {
    await expect(views.table(many, pipe)).toMatchFileSnapshot(golden('many-hosts.pipe.txt'))
    await expect(views.short!(many, terminal)).toMatchFileSnapshot(golden('many-hosts.short.txt'))
  })
  it('is a document for tickets', async () => {
    await expect(views.markdown!(many, pipe)).toMatchFileSnapshot(golden('many-hosts.md'))
  })
  it('is a report for CI', async () => {
    await expect(views.junit!(many, pipe)).toMatchFileSnapshot(golden('many-hosts.junit.xml'))
  })
  it('is one line a check, each with its host', () => {
    const lines = [...views.jsonl!(many)] as { host: string; id?: string }[]
    expect(lines.every(({ host }) => host !== '')).toBe(true)
    expect(lines.filter(({ host }) => host === 'db2')).toHaveLength(many.hosts[1]!.checks.length)
    expect(lines.at(-1)).toMatchObject({ host: 'web9', error: { code: 'APO-SSH-UNREACHABLE' } })
  })
})

describe('the list of checks', () => {
  it.each([guide202110, guide202111, enforcer])('of $name', async (set) => {
    const report = listChecks({ ...criteria, set })
    await expect(preflightListPresentation.views.table(report, pipe)).toMatchFileSnapshot(
      golden(`list.${set.name}.txt`),
    )
  })
})

describe('what hosts said', () => {
  it('cannot break out of any view', () => {
    const evil = '\u001b[2J"]]></failure><script>|`\n- **error** forged\u202e'
    const host = judged('x', 'no-modules-6.18', { 'os.release': [`ID=debian`, `NAME="${evil}"`] })
    const [check] = host.checks
    const report: PreflightReport = toReport(criteria, {
      hosts: [
        {
          ...host,
          host: evil,
          checks: [{ ...check!, found: evil, fix: { command: evil, automatic: true } }],
        },
      ],
      fixes: [],
    })
    for (const view of [views.table, views.short!, views.markdown!, views.junit!]) {
      const text = view(report, pipe)
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]/)
      expect(text).not.toMatch(/^- \*\*error\*\* forged/m)
    }
    expect(views.junit!(report, pipe)).not.toContain('<script>')
    // Inside a code span everything stands as it is; outside, no tag and no new cell.
    const outsideCode = views.markdown!(report, pipe).replace(/`` .* ``/g, '')
    expect(outsideCode).not.toMatch(/<script>|[^\\]\|`/)
  })
})

describe('exit code', () => {
  const report = (...hosts: HostPreflight[]) => exitCode(toReport(criteria, { hosts, fixes: [] }))
  const verdict = (word: HostPreflight['verdict']): HostPreflight => ({ ...judged('web1'), verdict: word })

  it('is 0 when all pass, 1 when all fail, 4 when nobody could tell, 5 when hosts differ', () => {
    expect(report(verdict('pass'), verdict('warn'))).toBe(0)
    expect(report(verdict('fail'))).toBe(1)
    expect(report(verdict('unknown'))).toBe(4)
    expect(report(lost)).toBe(4)
    expect(report(verdict('pass'), verdict('fail'))).toBe(5)
    expect(report(verdict('pass'), lost)).toBe(5)
    expect(report(verdict('fail'), lost)).toBe(1)
  })
})
