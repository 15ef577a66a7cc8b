import { describe, expect, it } from 'vitest'
import { enforcerPaths } from '../../../../src/contract/enforcer-paths.ts'
import {
  emptyHost,
  parseInspection,
  type InstalledState,
} from '../../../../src/lib/install/linux/inspect-host.ts'
import { usesPackage } from '../../../../src/lib/install/packages/arrange-package.ts'
import {
  noPackages,
  sourcePaths,
  type PackageFacts,
} from '../../../../src/lib/install/packages/package-facts.ts'
import { layoutOf } from '../../../../src/lib/install/packages/package-layout.ts'
import { ownSources, planPackageRemoval } from '../../../../src/lib/install/packages/plan-package-removal.ts'
import { planPackage } from '../../../../src/lib/install/packages/plan-package.ts'

const debian: PackageFacts = {
  ...noPackages,
  architecture: 'amd64',
  managers: ['apt-get', 'dnf'],
  distribution: { ID: 'debian', VERSION_CODENAME: 'bookworm' },
}
const key = { armored: 'ARMOUR', fingerprints: ['0123456789ABCDEF'] }
const layout = layoutOf(debian, { url: 'https://p', target: 'web1' })
const identity = { configuration: undefined, authorityPem: undefined, enrolment: undefined }
const file = (content: string) => ({ mode: '644', content })
const { source, key: keyPath } = sourcePaths.apt

function hostWith(facts: Partial<PackageFacts>): InstalledState {
  const folders = [enforcerPaths.data, enforcerPaths.state, enforcerPaths.spool]
  const packages = {
    ...debian,
    files: new Map([
      [source, file(layout.sourceText)],
      [keyPath, file(key.armored)],
    ]),
    ...facts,
  }
  const isThere = new Map(folders.map((path) => [path, true] as const))
  return { ...emptyHost('x86_64'), packages, folders: isThere, serviceActive: true, serviceEnabled: true }
}
const plan = (state: InstalledState, version = '1.0.0') =>
  planPackage(state, { ...identity, package: { layout, key, version } })

describe('the plan of an installation from a repository', () => {
  it('trusts the key, adds the source and installs the version, in that order', () => {
    const steps = plan({ ...emptyHost('x86_64'), packages: debian })
    expect(steps.map(({ title }) => title).slice(4)).toEqual([
      `trust the key 0123 4567 89AB CDEF for that source alone, as ${keyPath}`,
      `add ${source} as a source of packages`,
      'install prisma-enforcer 1.0.0 with apt-get',
      'enable and start prisma-enforcer.service',
    ])
    expect(steps.find(({ id }) => id === 'package')?.undo.args?.slice(0, 2)).toEqual([source, 'purge'])
  })

  it('is empty for a host that is as it should be', () => {
    expect(plan(hostWith({ installed: { manager: 'apt', version: '1.0.0' } }))).toEqual([])
  })

  it('knows the way back to the version before, and leaves a service alone that the package has restarted', () => {
    const steps = plan(hostWith({ installed: { manager: 'apt', version: '0.9.0' } }))
    expect(steps.map(({ title }) => title)).toEqual([
      'note what was there before',
      'change prisma-enforcer from 0.9.0 to 1.0.0 with apt-get',
      'see that prisma-enforcer.service is enabled and runs',
    ])
    expect(steps[1]?.undo.args).toEqual(['0.9.0'])
  })

  it('keeps what an enforcer wrote that was there before, when it is taken back', () => {
    const [, install] = plan(hostWith({ installed: undefined }))
    expect(install?.undo.args?.slice(0, 2)).toEqual([source, 'remove'])
  })
})

describe('a package and a copy', () => {
  const repository = { url: 'https://p', key }
  const installed = { manager: 'apt', version: '1.0.0' } as const
  it('never share a host', () => {
    const copied = { ...emptyHost('x86_64'), currentVersion: '1.0.0' }
    expect(() => usesPackage({ state: copied, options: { repository, isCopyAsked: false } }, 'web1')).toThrow(
      'copied',
    )
    expect(() =>
      usesPackage({ state: hostWith({ installed }), options: { isCopyAsked: false } }, 'web1'),
    ).toThrow('as a package')
  })

  it('are each upgraded in the way they came', () => {
    const upgrade = { probationMs: 0 }
    const options = { upgrade, isCopyAsked: false }
    expect(usesPackage({ state: hostWith({ installed }), options }, 'web1')).toBe(true)
    expect(usesPackage({ state: emptyHost('x86_64'), options }, 'web1')).toBe(false)
    const copying = { upgrade, isCopyAsked: true }
    expect(() => usesPackage({ state: hostWith({ installed }), options: copying }, 'web1')).toThrow(
      'as a package',
    )
    expect(usesPackage({ state: emptyHost('x86_64'), options: copying }, 'web1')).toBe(false)
  })
})

describe('the removal', () => {
  it('goes by the database that has the package, whatever managers are there', () => {
    const removalOf = (manager: 'apt' | 'yum') =>
      planPackageRemoval({ ...debian, installed: { manager, version: '1' } }, []).map(({ title }) => title)
    expect(removalOf('apt')).toEqual(['remove the package prisma-enforcer with apt-get'])
    expect(removalOf('yum')).toEqual(['remove the package prisma-enforcer with dnf'])
  })

  it('takes sources that apoctl wrote, and leaves what an operator wrote', () => {
    expect(ownSources(hostWith({}).packages)).toEqual([source, keyPath])
    const files = new Map([[source, file('deb https://p/debian/bookworm aporeto main\n')]])
    expect(ownSources({ ...debian, files })).toEqual([])
  })
})

describe('what a host says of packages', () => {
  const inspect = (...lines: readonly string[]) =>
    parseInspection([...lines, 'end'].map((line) => `apoctl-inspect ${line}\n`).join(''), 'web1').packages
  it('tells installed ones from removed ones', () => {
    expect(inspect('dpkg amd64 installed 1.0.0').installed).toEqual({ manager: 'apt', version: '1.0.0' })
    expect(inspect('dpkg amd64 config-files 1.0.0')).toMatchObject({
      installed: undefined,
      isRemembered: true,
    })
    expect(inspect('dpkg amd64 half-configured 1.0.0').installed).toBeDefined()
    expect(inspect('dpkg amd64 ', 'rpm 1.0.0-1').installed).toEqual({ manager: 'yum', version: '1.0.0-1' })
    expect(inspect('dpkg amd64 ', 'rpm ').installed).toBeUndefined()
  })
})
