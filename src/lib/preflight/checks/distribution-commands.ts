import type { HostFacts } from '../facts/host-facts.ts'
import type { Fix } from './check.ts'

/** The file that keeps modules loaded over a boot; the name says who wrote it. */
export const modulesLoadFile = '/etc/modules-load.d/apoctl.conf'

type Installer = 'apt-get' | 'dnf' | 'yum' | 'zypper' | 'apk' | 'microdnf'

const installCommands: Readonly<Record<Installer, string>> = {
  'apt-get': 'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y',
  dnf: 'dnf install -y',
  yum: 'yum install -y',
  zypper: 'zypper --non-interactive install',
  apk: 'apk add',
  microdnf: 'microdnf install -y',
}

export function installerOf(facts: HostFacts): Installer | null {
  const { installer } = facts.software
  return installer !== null && Object.hasOwn(installCommands, installer) ? (installer as Installer) : null
}

/** The command that installs these packages on this host; null where no package manager is known. */
export function installPackages(names: readonly string[], facts: HostFacts): string | null {
  const installer = installerOf(facts)
  return installer === null ? null : `${installCommands[installer]} ${names.join(' ')}`
}

/** Loads modules now and at every boot. A line that is already there is not written twice. */
export function keepModuleLoaded(names: readonly string[], options: { readonly now: boolean }): string {
  const persist = names.map(
    (name) => `{ grep -qsx ${name} ${modulesLoadFile} || echo ${name} >> ${modulesLoadFile}; }`,
  )
  const load = options.now ? names.map((name) => `modprobe ${name}`) : []
  return [...load, 'mkdir -p /etc/modules-load.d', ...persist].join(' && ')
}

/**
 * Brings the modules that the running kernel was packaged without. Where that takes another kernel, the
 * command is only shown: it needs a reboot, which is nobody's side effect.
 */
export function installKernelModules(facts: HostFacts): Fix | null {
  const { id, idLike } = facts.operatingSystem
  const { release } = facts.kernel
  const installer = installerOf(facts)
  if (installer === null || !/^[A-Za-z0-9._+~-]+$/.test(release)) return null
  const install = installCommands[installer]
  const family = [id, ...idLike]
  if (id === 'ubuntu') return { command: `${install} linux-modules-extra-${release}`, automatic: true }
  if (id === 'amzn' || family.includes('rhel') || family.includes('fedora'))
    return { command: `${install} kernel-modules-extra-${release}`, automatic: true }
  if (family.includes('debian'))
    return { command: `${install} linux-image-${debianFlavour(facts)} && reboot`, automatic: false }
  if (family.some((name) => name.startsWith('sle') || name.includes('suse')))
    return { command: `${install} kernel-default && reboot`, automatic: false }
  return null
}

/** Debian's cloud kernels leave modules out that its ordinary ones have. */
function debianFlavour(facts: HostFacts): string {
  return facts.operatingSystem.machine === 'aarch64' ? 'arm64' : 'amd64'
}
