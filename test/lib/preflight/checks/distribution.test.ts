import { describe, expect, it } from 'vitest'
import { distributionChecks } from '../../../../src/lib/preflight/checks/distribution.ts'
import type { Verdict } from '../../../../src/lib/preflight/checks/check.ts'
import { guide202110, guide202111 } from '../../../../src/lib/preflight/requirements/guide.ts'
import { factsFrom } from '../collected.ts'

const sets = { '2021-10': guide202110, '2021-11': guide202111 } as const
type Revision = keyof typeof sets

function judge(revision: Revision, answers: Readonly<Record<string, readonly string[]>>): Verdict {
  const [check] = distributionChecks({
    linux: sets[revision].linux,
    console: false,
    packageHost: false,
    givenAuthority: false,
  })
  return check!.evaluate(factsFrom(answers))
}

type System = (version: string) => Readonly<Record<string, readonly string[]>>

/** How each distribution says which release it is, in the files it really has. */
const systems = {
  Debian: (version) => ({
    'os.release': ['ID=debian', 'NAME="Debian GNU/Linux"', `VERSION_ID="${version.split('.')[0]!}"`],
    'os.debianVersion': [version],
  }),
  CentOS: (version) => ({
    'os.release': [
      'ID="centos"',
      'NAME="CentOS Linux"',
      'ID_LIKE="rhel fedora"',
      `VERSION_ID="${version.split('.')[0]!}"`,
    ],
    'os.releaseFile': [`/etc/centos-release CentOS Linux release ${version}.2009 (Core)`],
  }),
  'Red Hat Enterprise Linux': (version) => ({
    'os.release': [
      'ID="rhel"',
      'ID_LIKE="fedora"',
      'NAME="Red Hat Enterprise Linux Server"',
      `VERSION_ID="${version}"`,
    ],
    'os.releaseFile': [`/etc/redhat-release Red Hat Enterprise Linux Server release ${version} (Maipo)`],
  }),
  'Oracle Enterprise Linux': (version) => ({
    'os.release': ['ID="ol"', 'ID_LIKE="fedora"', 'NAME="Oracle Linux Server"', `VERSION_ID="${version}"`],
    'os.releaseFile': [`/etc/oracle-release Oracle Linux Server release ${version}`],
  }),
  Ubuntu: (version) => ({
    'os.release': [
      'ID=ubuntu',
      'ID_LIKE=debian',
      'NAME="Ubuntu"',
      `VERSION_ID="${version}"`,
      `VERSION="${version}.2 LTS"`,
    ],
    'os.debianVersion': ['bullseye/sid'],
  }),
  'Amazon Linux': (version) => ({
    'os.release': [
      'ID="amzn"',
      'ID_LIKE="centos rhel fedora"',
      'NAME="Amazon Linux"',
      `VERSION_ID="${version}"`,
    ],
    'os.releaseFile': [`/etc/system-release Amazon Linux release ${version} (Karoo)`],
  }),
  'SuSE Linux': (version) => ({
    'os.release': ['ID="sles"', 'ID_LIKE="suse"', 'NAME="SLES"', `VERSION_ID="${version}"`],
  }),
} as const satisfies Record<string, System>

/** Every distribution line of both revisions: what is just inside, and what is just outside. */
const lines: readonly [Revision, keyof typeof systems, readonly string[], readonly string[]][] = [
  ['2021-10', 'Amazon Linux', ['2'], ['2018.03', '2023']],
  ['2021-10', 'CentOS', ['7.3', '7.5', '7.9', '8.0', '8.3'], ['6.10', '7.2', '8.4', '8.5', '9.0']],
  [
    '2021-10',
    'Debian',
    ['9.0', '9.9', '9.11', '9.12', '10.1', '10.8'],
    ['8.11', '9.10', '9.13', '10.0', '10.9', '11.0', '12.11'],
  ],
  ['2021-10', 'Oracle Enterprise Linux', ['7.2', '7.9'], ['7.1', '8.0']],
  ['2021-10', 'Red Hat Enterprise Linux', ['7.1', '7.9', '8.0', '8.3'], ['6.8', '7.0', '8.4', '8.10', '9.1']],
  ['2021-10', 'Ubuntu', ['16.04', '18.04', '20.04'], ['14.04', '16.10', '20.10', '22.04']],
  ['2021-10', 'SuSE Linux', [], ['12.5', '15.2']],
  ['2021-11', 'Amazon Linux', ['2'], ['1', '2023']],
  ['2021-11', 'CentOS', ['7.9', '8.0', '8.1', '8.2', '8.3'], ['7.3', '7.8', '8.4']],
  ['2021-11', 'Debian', ['9.8'], ['9.7', '9.9', '9.11', '10.8']],
  ['2021-11', 'Oracle Enterprise Linux', ['7.5', '7.6'], ['7.4', '7.7', '7.9']],
  ['2021-11', 'Red Hat Enterprise Linux', ['7.1', '7.9', '8.0', '8.3'], ['7.0', '8.4']],
  ['2021-11', 'SuSE Linux', ['12.5'], ['12.3', '12.4', '15.2']],
  ['2021-11', 'Ubuntu', ['16.04', '18.04', '20.04'], ['19.10', '22.04']],
]

describe.each(lines)('revision %s, %s', (revision, name, inside, outside) => {
  const system: System = systems[name]
  it.each(inside)('takes %s', (version) => {
    expect(judge(revision, system(version))).toMatchObject({ outcome: 'pass' })
  })
  it.each(outside)('does not take %s', (version) => {
    expect(judge(revision, system(version))).toMatchObject({ outcome: 'fail' })
  })
})

it('covers every distribution that the revisions name', () => {
  for (const [revision, set] of Object.entries(sets)) {
    const covered = lines.filter(([one]) => one === revision).map(([, name]) => name)
    expect(covered).toEqual(expect.arrayContaining(Object.keys(set.linux.distributions)))
  }
})

describe('distributions that say less, or something else', () => {
  it('cannot tell whether a Debian that names no point release is 9.8', () => {
    const verdict = judge('2021-11', { 'os.release': ['ID=debian', 'VERSION_ID="9"'] })
    expect(verdict).toMatchObject({
      outcome: 'unknown',
      found: expect.stringContaining('point release') as string,
    })
  })

  it('does not take CentOS Stream for CentOS', () => {
    const verdict = judge('2021-11', {
      'os.release': ['ID="centos"', 'NAME="CentOS Stream"', 'ID_LIKE="rhel fedora"', 'VERSION_ID="8"'],
      'os.releaseFile': ['/etc/centos-release CentOS Stream release 8'],
    })
    expect(verdict.outcome).toBe('fail')
    expect(verdict.found).toContain('CentOS Stream')
  })

  it('says of which listed distribution an unlisted one is a relative', () => {
    const verdict = judge('2021-11', {
      'os.release': ['ID="rocky"', 'NAME="Rocky Linux"', 'ID_LIKE="rhel centos fedora"', 'VERSION_ID="8.3"'],
    })
    expect(verdict.outcome).toBe('fail')
    expect(verdict.found).toBe(
      'Rocky Linux 8.3, which is not on the list; it is like CentOS, whose 8.3 is listed',
    )
  })

  it('reads the release file where there is no os-release, as on RHEL 6', () => {
    const verdict = judge('2021-10', {
      'os.releaseFile': ['/etc/redhat-release Red Hat Enterprise Linux Server release 6.8 (Santiago)'],
    })
    expect(verdict).toMatchObject({
      outcome: 'fail',
      found: expect.stringContaining('Red Hat Enterprise Linux 6.8') as string,
    })
  })

  it('could not tell on a host that says nothing at all', () => {
    expect(judge('2021-10', {}).outcome).toBe('unknown')
  })
})
