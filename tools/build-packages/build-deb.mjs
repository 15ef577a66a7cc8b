import { createHash } from 'node:crypto'
import { cp, lstat, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { description, maintainer, packageVersion, summary } from './describe.mjs'
import { runTool } from './run-tool.mjs'
import { scriptlets } from './scriptlets.mjs'

const architectures = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' }

/** Builds the .deb of a tree; gives its path. */
export async function buildDeb({ root, manifest, files }, { work, out }) {
  const version = packageVersion(manifest.version)
  const architecture = architectures[manifest.platform]
  // Times and links as they are: both are part of what has to be the same each time.
  await cp(root, work, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  const added = await documents(work, version)
  const control = join(work, 'DEBIAN')
  await mkdir(control)
  await writeFile(
    join(control, 'control'),
    await controlText({ manifest, version, architecture, root, files }),
  )
  await writeFile(join(control, 'md5sums'), await checksums(work, [...files, ...added]))
  const { deb } = await scriptlets()
  for (const [name, text] of Object.entries(deb)) await writeFile(join(control, name), text, { mode: 0o755 })
  const file = join(out, `prisma-enforcer_${version}_${architecture}.deb`)
  // Any dpkg reads gzip, and the runtime is packed in seconds.
  await runTool('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z6', '--build', work, file])
  return file
}

/** What only Debian asks for. Gives the paths. */
async function documents(work, version) {
  const log = `prisma-enforcer (${version}) stable; urgency=medium\n\n  * See the changelog of apoctl.\n\n -- ${maintainer}  Wed, 01 Jan 2020 00:00:00 +0000\n`
  const packed = gzipSync(log, { level: 9 })
  packed[9] = 255
  const overrides = await readFile('packaging/enforcer/lintian-overrides')
  const found = {
    'usr/share/doc/prisma-enforcer/changelog.gz': packed,
    'usr/share/lintian/overrides/prisma-enforcer': overrides,
  }
  for (const [path, content] of Object.entries(found)) {
    await mkdir(dirname(join(work, path)), { recursive: true })
    await writeFile(join(work, path), content, { mode: 0o644 })
  }
  return Object.keys(found)
}

async function controlText({ manifest, version, architecture, root, files }) {
  const { glibc, systemd } = manifest.requirements
  let bytes = 0
  for (const file of files) bytes += (await lstat(join(root, file))).size
  return `Package: prisma-enforcer
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${Math.ceil(bytes / 1024)}
Depends: libc6 (>= ${glibc}), libstdc++6, systemd (>= ${systemd})
Section: admin
Priority: optional
Description: ${summary}
${description.map((line) => ` ${line}`).join('\n')}
`
}

async function checksums(root, files) {
  const lines = []
  for (const file of files) {
    if (!(await lstat(join(root, file))).isFile()) continue
    const digest = createHash('md5')
      .update(await readFile(join(root, file)))
      .digest('hex')
    lines.push(`${digest}  ${file}\n`)
  }
  return lines.join('')
}
