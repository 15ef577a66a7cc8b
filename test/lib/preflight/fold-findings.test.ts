import { describe, expect, it } from 'vitest'
import { checksFor } from '../../../src/lib/preflight/checks/all-checks.ts'
import { foldFindings } from '../../../src/lib/preflight/fold-findings.ts'
import { judgeHost, type HostPreflight } from '../../../src/lib/preflight/judge-host.ts'
import { guide202111 } from '../../../src/lib/preflight/requirements/guide.ts'
import { everyCheck } from '../../../src/lib/preflight/select-checks.ts'
import { factsOf } from './collected.ts'

const checks = checksFor(guide202111, { console: false, packageHost: false, givenAuthority: false }).filter(
  ({ id }) => id === 'linux.kernel.module.xt_set',
)

/** A RHEL whose kernel came without one module. */
function host(name: string, version: string): HostPreflight {
  const facts = factsOf('tree-debian-bookworm', {
    'os.release': ['ID="rhel"', 'ID_LIKE="fedora"', `VERSION_ID="${version}"`],
    'package.installer': ['dnf'],
  })
  const loadable = facts.kernel.loadable!.filter((module) => module !== 'xt_set')
  const changed = {
    ...facts,
    host: name,
    kernel: { ...facts.kernel, release: `4.18.0-${version}.el8`, loadable },
  }
  return judgeHost(changed, { checks, selection: everyCheck, strict: false })
}

describe('foldFindings', () => {
  it('says of many hosts in one line what they fail, where, and with how many fixes', () => {
    const hosts = Array.from({ length: 23 }, (_, index) =>
      host(`web${String(index + 1).padStart(2, '0')}`, '8.3'),
    )
    const [finding, ...others] = foldFindings(hosts)
    expect(others).toEqual([])
    expect(finding?.summary).toBe(
      '23 hosts fail linux.kernel.module.xt_set (all Red Hat Enterprise Linux 8.3): one fix',
    )
    expect(finding?.hostsFolded).toBe('web[01-23]')
    expect(finding?.fixes).toMatchObject([{ command: 'dnf install -y kernel-modules-extra-4.18.0-8.3.el8' }])
  })

  it('keeps systems and fixes apart that differ', () => {
    const [finding] = foldFindings([host('a', '8.2'), host('b', '8.3'), host('c', '8.3')])
    expect(finding?.summary).toBe('3 hosts fail linux.kernel.module.xt_set (2 systems): 2 fixes')
    expect(finding?.systems[0]).toBe('Red Hat Enterprise Linux 8.3')
    expect(finding?.fixes.map(({ hosts }) => hosts)).toEqual([['b', 'c'], ['a']])
  })

  it('names a single host', () => {
    const [finding] = foldFindings([host('web1', '8.3')])
    expect(finding?.summary).toBe(
      'web1 fails linux.kernel.module.xt_set (Red Hat Enterprise Linux 8.3): one fix',
    )
  })
})
