import type { HostFile } from '../linux/host-file.ts'

export type PackageManager = 'apt' | 'yum'

/** The name of the package, in every repository. */
export const packageName = 'prisma-enforcer'

/** Where the source of the package and the key that it is signed with lie. Names of the original, but for the key's. */
export const sourcePaths = {
  apt: {
    source: '/etc/apt/sources.list.d/aporeto.list',
    key: '/usr/share/keyrings/prisma-enforcer.asc',
  },
  yum: {
    source: '/etc/yum.repos.d/Aporeto.repo',
    key: '/etc/pki/rpm-gpg/RPM-GPG-KEY-prisma-enforcer',
  },
} as const satisfies Record<PackageManager, object>

/** Says that a source is ours, and may be taken away again. */
export const sourceMark = '# Written by apoctl.'

export const packageFiles = Object.values(sourcePaths).flatMap(({ source, key }) => [source, key])

/** What a host says about packages. */
export interface PackageFacts {
  /** Keys of /etc/os-release that tell where its packages are. */
  readonly distribution: Readonly<Record<string, string>>
  /** As dpkg names it: `amd64`; empty without dpkg. */
  readonly architecture: string
  /** Programs that are there. */
  readonly managers: readonly string[]
  /** The enforcer as a package, and whose database has it. */
  readonly installed: { readonly manager: PackageManager; readonly version: string } | undefined
  /** dpkg remembers a package that was removed and not purged. */
  readonly isRemembered: boolean
  /** Sources and keys that are there, by path. */
  readonly files: ReadonlyMap<string, HostFile>
}

export const noPackages: PackageFacts = {
  distribution: {},
  architecture: '',
  managers: [],
  installed: undefined,
  isRemembered: false,
  files: new Map(),
}

/** The program that does the work of a manager on a host. */
export function programOf(manager: PackageManager, { managers }: PackageFacts): string {
  if (manager === 'apt') return 'apt-get'
  return managers.includes('dnf') ? 'dnf' : 'yum'
}

/** Part of the inspection: needs `say` and `flat`. */
export const packageFactsScript = `
for file in /etc/os-release /usr/lib/os-release; do
  [ -r "$file" ] || continue
  while IFS='=' read -r key value; do
    case $key in ID|ID_LIKE|VERSION_CODENAME|UBUNTU_CODENAME) ;; *) continue ;; esac
    value=\${value#[\\"\\']}; say distribution "$key" "\${value%[\\"\\']}"
  done < "$file"
  break
done
for manager in apt-get dnf yum; do
  if command -v "$manager" >/dev/null 2>&1; then say manager "$manager"; fi
done
if command -v dpkg-query >/dev/null 2>&1; then
  say dpkg "$(dpkg --print-architecture)" "$(dpkg-query -W -f '\${db:Status-Status} \${Version}' ${packageName} 2>/dev/null)"
fi
if command -v rpm >/dev/null 2>&1; then
  say rpm "$(rpm -q --qf '%{VERSION}-%{RELEASE}' ${packageName} 2>/dev/null | grep -v ' ')"
fi
for file in ${packageFiles.join(' ')}; do
  [ ! -f "$file" ] || say packagefile "$file" "$(stat -c %a "$file")" "$(flat < "$file")"
done`

/** Reads what that part said. `all` gives the words of every line of a kind. */
export function parsePackageFacts(all: (kind: string) => readonly (readonly string[])[]): PackageFacts {
  const [architecture = '', status = '', version = ''] = all('dpkg')[0] ?? []
  const [rpm = ''] = all('rpm')[0] ?? []
  // Removed and not purged, or never there.
  const hasDeb = !['', 'not-installed', 'config-files'].includes(status)
  return {
    distribution: Object.fromEntries(
      all('distribution').map(([key = '', ...value]) => [key, value.join(' ')]),
    ),
    architecture,
    managers: all('manager').map(([name = '']) => name),
    installed: hasDeb
      ? { manager: 'apt', version }
      : rpm === ''
        ? undefined
        : { manager: 'yum', version: rpm },
    isRemembered: status === 'config-files',
    files: new Map(
      all('packagefile').map(([path = '', mode = '', content = '']) => [
        path,
        { mode, content: Buffer.from(content, 'base64').toString('utf8') },
      ]),
    ),
  }
}
