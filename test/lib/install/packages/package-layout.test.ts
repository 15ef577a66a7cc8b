import { describe, expect, it } from 'vitest'
import { noPackages, type PackageFacts } from '../../../../src/lib/install/packages/package-facts.ts'
import { layoutOf } from '../../../../src/lib/install/packages/package-layout.ts'
import {
  enforcerVersionOf,
  matchVersion,
  packageVersionOf,
} from '../../../../src/lib/install/packages/package-version.ts'

const host = (distribution: Record<string, string>, managers: readonly string[]): PackageFacts => ({
  ...noPackages,
  architecture: 'amd64',
  distribution,
  managers,
})
const layout = (facts: PackageFacts) => layoutOf(facts, { url: 'https://p/e', target: 'web1' })

describe('the place of the packages of a host', () => {
  const apt = ['apt-get']
  it.each([
    ['debian', 'bookworm', {}, 'https://p/e/debian/bookworm'],
    ['ubuntu', 'jammy', {}, 'https://p/e/ubuntu/jammy'],
    ['linuxmint', 'vera', { ID_LIKE: 'ubuntu debian', UBUNTU_CODENAME: 'jammy' }, 'https://p/e/ubuntu/jammy'],
  ])('is below its release, on %s', (ID, VERSION_CODENAME, more, address) => {
    const { manager, sourceText } = layout(host({ ID, VERSION_CODENAME, ...more }, apt))
    expect(manager).toBe('apt')
    expect(sourceText).toContain(
      `deb [arch=amd64 signed-by=/usr/share/keyrings/prisma-enforcer.asc] ${address} aporeto main\n`,
    )
  })

  it.each([
    ['centos', {}, 'centos/$releasever/'],
    ['rhel', {}, 'rhel/$releasever/'],
    ['rocky', { ID_LIKE: 'rhel centos fedora' }, 'rhel/$releasever/'],
    ['amzn', {}, 'nodist/yum/'],
  ])('is below its release, on %s, where signatures of lists and packages are checked', (ID, more, path) => {
    const { manager, sourceText } = layout(host({ ID, ...more }, ['yum']))
    expect(manager).toBe('yum')
    expect(sourceText).toContain(`baseurl=https://p/e/${path}\n`)
    expect(sourceText).toContain('\ngpgcheck=1\nrepo_gpgcheck=1\n')
  })

  it('goes by the distribution where both managers are there', () => {
    const both = ['apt-get', 'dnf', 'yum']
    expect(layout(host({ ID: 'debian', VERSION_CODENAME: 'bookworm' }, both)).manager).toBe('apt')
    expect(layout(host({ ID: 'centos' }, both)).manager).toBe('yum')
  })

  it('is nowhere for other distributions, without a release, and without the manager', () => {
    const refused = (facts: PackageFacts) => expect(() => layout(facts))
    refused(host({ ID: 'alpine' }, [])).toThrow('web1 runs alpine')
    refused(host({ ID: 'debian' }, apt)).toThrow('VERSION_CODENAME')
    refused(host({ ID: 'debian', VERSION_CODENAME: 'x] http://evil' }, apt)).toThrow('VERSION_CODENAME')
    refused(host({ ID: 'rhel' }, apt)).toThrow('has no dnf and no yum')
  })
})

describe('the version of a package', () => {
  it('sorts what comes before a release below it, and is read back', () => {
    expect(packageVersionOf('1.2.0-rc.1')).toBe('1.2.0~rc.1')
    expect(enforcerVersionOf('1.2.0~rc.1-1')).toBe('1.2.0-rc.1')
    expect(enforcerVersionOf('2:1.2.0')).toBe('1.2.0')
  })

  it('is found with any epoch and revision, and by no beginning of another one', () => {
    expect(matchVersion('1.2.0', ['1.2.01', '1:1.2.0-7', '1.2.0'])).toBe('1:1.2.0-7')
    expect(matchVersion('1.2', ['1.2.0'])).toBeUndefined()
  })
})
