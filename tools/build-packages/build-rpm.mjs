import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { description, packageVersion, summary } from './describe.mjs'
import { runTool } from './run-tool.mjs'
import { scriptlets } from './scriptlets.mjs'

const architectures = { 'linux-x64': 'x86_64', 'linux-arm64': 'aarch64' }

/** Builds the .rpm of a tree; gives its path. */
export async function buildRpm({ root, manifest, files }, { work, out }) {
  const version = packageVersion(manifest.version)
  const architecture = architectures[manifest.platform]
  await mkdir(work, { recursive: true })
  const spec = join(work, 'prisma-enforcer.spec')
  await writeFile(spec, await specText({ manifest, version, files }))
  const defines = {
    _topdir: join(work, 'top'),
    _rpmdir: join(work, 'rpms'),
    _sourcetree: root,
    _buildhost: 'localhost',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    source_date_epoch_from_changelog: '0',
    // Any rpm reads gzip, and the runtime is packed in seconds.
    _binary_payload: 'w6.gzdio',
    _build_id_links: 'none',
    debug_package: '%{nil}',
    // Files are what the signed manifest names: nothing is stripped or recompiled.
    __os_install_post: '%{nil}',
    // dpkg's systems keep no database of rpm.
    _dbpath: join(work, 'db'),
  }
  const words = Object.entries(defines).flatMap(([name, value]) => ['--define', `${name} ${value}`])
  await runTool('rpmbuild', ['-bb', '--quiet', '--target', `${architecture}-linux`, ...words, spec])
  const name = `prisma-enforcer-${version}-1.${architecture}.rpm`
  await copyFile(join(work, 'rpms', architecture, name), join(out, name))
  return join(out, name)
}

async function specText({ manifest, version, files }) {
  const { glibc, libstdcxx, systemd } = manifest.requirements
  const { rpm } = await scriptlets()
  const folder = `/opt/prisma-enforcer/${manifest.version}`
  const folders = [
    '/opt/prisma-enforcer',
    folder,
    `${folder}/app`,
    `${folder}/runtime`,
    '/usr/share/doc/prisma-enforcer',
  ]
  const scripts = Object.entries(rpm).map(([name, text]) => `%${name}\n${text.replaceAll('%', '%%')}`)
  return `Name: prisma-enforcer
Version: ${version}
Release: 1
Summary: ${summary}
License: Apache-2.0
AutoReqProv: no
Requires: libc.so.6(GLIBC_${glibc})(64bit), libstdc++.so.6(GLIBCXX_${libstdcxx})(64bit), systemd >= ${systemd}

%description
${description.join('\n')}

%install
cp -a %{_sourcetree}/. %{buildroot}/

${scripts.join('\n')}
%files
%defattr(-,root,root)
${folders.map((path) => `%dir ${path}`).join('\n')}
${files.map((path) => `/${path}`).join('\n')}
`
}
