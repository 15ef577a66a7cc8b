/** Makes a lab host one that dnf can install on. The hosts are Debian, whose dnf and rpm are the real ones. */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { E2eHost } from './hosts/host.ts'

const run = promisify(execFile)

/** What dnf and rpm would keep of the enforcer. */
export const dnfState = `rpm -qa | grep -v stand-in | sort; ls /etc/yum.repos.d /etc/pki/rpm-gpg; ls -d /var/cache/dnf/*Aporeto* 2>/dev/null || :
find / -xdev -iname '*prisma-enforcer*'`

/** Brings dnf from the machine's mirror: the machine downloads what the host lacks, and dpkg installs it there. */
export async function installDnf(host: E2eHost, folder: string): Promise<void> {
  const inside = `/proc/${await host.initPid()}/root`
  const archives = join(folder, 'dnf-debs')
  mkdirSync(join(archives, 'partial'), { recursive: true })
  const status = join(folder, 'dpkg-status')
  copyFileSync(`${inside}/var/lib/dpkg/status`, status)
  const options = [
    `Dir::State::status=${status}`,
    `Dir::Cache::archives=${archives}`,
    'Debug::NoLocking=true',
  ]
  const words = options.flatMap((option) => ['-o', option])
  await run('apt-get', [
    ...words,
    '-y',
    '-qq',
    '--no-install-recommends',
    '--download-only',
    'install',
    'dnf',
    'rpm',
  ])
  mkdirSync(`${inside}/var/tmp/debs`)
  for (const name of readdirSync(archives).filter((one) => one.endsWith('.deb')))
    copyFileSync(join(archives, name), `${inside}/var/tmp/debs/${name}`)
  // What depends on others before it is unpacked comes in at the second go.
  const install = 'DEBIAN_FRONTEND=noninteractive dpkg -i /var/tmp/debs/*.deb'
  await host.run(`${install} || ${install}`, { timeoutMs: 180_000 })
  await host.mustRun(`set -e
dnf --version >/dev/null
mkdir -p /etc/pki/rpm-gpg /etc/yum.repos.d
rpm --initdb; rm -rf /var/tmp/debs
mkdir -p /etc/dnf/vars; echo 9 > /etc/dnf/vars/releasever`)
}

/** What the package needs of a system of rpms, which a host of debs has and rpm does not know: empty, in name only. */
export async function buildStandIn(folder: string): Promise<string> {
  const spec = join(folder, 'stand-in.spec')
  writeFileSync(
    spec,
    `Name: stand-in
Version: 1
Release: 1
Summary: The system below
License: None
BuildArch: noarch
Provides: /bin/sh, systemd = 252, libc.so.6(GLIBC_2.28)(64bit), libstdc++.so.6(GLIBCXX_3.4.21)(64bit)
%description
The system below.
%files
`,
  )
  const rpms = join(folder, 'stand-in')
  const defines = [
    `_rpmdir ${rpms}`,
    `_topdir ${join(folder, 'stand-in-top')}`,
    `_dbpath ${join(folder, 'rpm-db')}`,
  ]
  await run('rpmbuild', ['-bb', '--quiet', ...defines.flatMap((define) => ['--define', define]), spec])
  return join(rpms, 'noarch/stand-in-1-1.noarch.rpm')
}
