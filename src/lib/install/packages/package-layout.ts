import { ApoctlError } from '../../errors/apoctl-error.ts'
import { sourceMark, sourcePaths, type PackageFacts, type PackageManager } from './package-facts.ts'

/** How a host gets packages from a repository of the vendor's layout. */
export interface PackageLayout {
  readonly manager: PackageManager
  readonly sourcePath: string
  readonly keyPath: string
  readonly sourceText: string
}

/** Distributions by the ID of their os-release, or those that they say they are like. */
const families: Readonly<Record<string, { readonly manager: PackageManager; readonly path: string }>> = {
  ubuntu: { manager: 'apt', path: 'ubuntu' },
  debian: { manager: 'apt', path: 'debian' },
  centos: { manager: 'yum', path: 'centos/$releasever/' },
  rhel: { manager: 'yum', path: 'rhel/$releasever/' },
  amzn: { manager: 'yum', path: 'nodist/yum/' },
}

const programs: Readonly<Record<PackageManager, readonly string[]>> = {
  apt: ['apt-get'],
  yum: ['dnf', 'yum'],
}

/**
 * Where the packages of a host are below the address of a repository. The distribution decides which manager it is,
 * and not which programs are there: hosts have both (CNS-1547). Throws APO-REPO-DISTRIBUTION and APO-REPO-MANAGER.
 */
export function layoutOf(
  facts: PackageFacts,
  of: { readonly url: string; readonly target: string },
): PackageLayout {
  const { ID = 'an unknown system', ID_LIKE = '' } = facts.distribution
  const family = [ID, ...ID_LIKE.split(' ')].map((id) => families[id]).find((found) => found !== undefined)
  if (family === undefined)
    throw new ApoctlError([
      'APO-REPO-DISTRIBUTION',
      `${of.target} runs ${ID}: repositories have packages for ${Object.keys(families).join(', ')}`,
    ])
  const { manager, path } = family
  if (!programs[manager].some((program) => facts.managers.includes(program)))
    throw new ApoctlError([
      'APO-REPO-MANAGER',
      `${of.target} runs ${ID} and has no ${programs[manager].join(' and no ')}`,
    ])
  const { source: sourcePath, key: keyPath } = sourcePaths[manager]
  const address = `${of.url}/${path}`
  const sourceText =
    manager === 'apt'
      ? aptSource(address, { facts, keyPath, target: of.target })
      : yumSource(address, keyPath)
  return { manager, sourcePath, keyPath, sourceText }
}

function aptSource(
  address: string,
  on: { readonly facts: PackageFacts; readonly keyPath: string; readonly target: string },
): string {
  const { UBUNTU_CODENAME, VERSION_CODENAME } = on.facts.distribution
  const codename = address.endsWith('/ubuntu') ? (UBUNTU_CODENAME ?? VERSION_CODENAME) : VERSION_CODENAME
  if (codename === undefined || !/^[a-z]+$/.test(codename))
    throw new ApoctlError([
      'APO-REPO-DISTRIBUTION',
      `${on.target} does not say which release it is (VERSION_CODENAME of os-release)`,
    ])
  const options = `arch=${on.facts.architecture} signed-by=${on.keyPath}`
  return `${sourceMark}\ndeb [${options}] ${address}/${codename} aporeto main\n`
}

function yumSource(address: string, keyPath: string): string {
  return `${sourceMark}
[Aporeto]
name=aporeto
baseurl=${address}
gpgkey=file://${keyPath}
gpgcheck=1
repo_gpgcheck=1
enabled=1
`
}
