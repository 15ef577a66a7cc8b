import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, symlink, lutimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { extract } from 'tar'

/** Of everything in a package, as a build has no time of its own: 2020-01-01. Archives from before 1984 are taken for damaged. */
export const epochSeconds = 1_577_836_800

/**
 * Lays the files of a bundle out as they come to lie on a host, each checked against the manifest.
 * `files`: paths of all files and links, without the leading slash, in order.
 */
export async function layTree(bundle, root) {
  const text = await readFile(join(bundle, 'manifest.json'), 'utf8')
  const manifest = JSON.parse(text)
  const { version, layers } = manifest
  const program = join(root, 'opt/prisma-enforcer', version)
  await mkdir(program, { recursive: true })
  for (const layer of layers) {
    await extract({ file: join(bundle, layer.file), cwd: program })
    for (const file of layer.files) await check(join(program, file.path), file)
  }
  await writeFile(join(program, 'manifest.json'), text)
  await symlink(version, join(root, 'opt/prisma-enforcer/current'))
  await put('app/prisma-enforcer.service', 'usr/lib/systemd/system/prisma-enforcer.service')
  await put('app/prisma-enforcer.modules-load.conf', 'usr/lib/modules-load.d/prisma-enforcer.conf')
  const copyright = await readFile('packaging/enforcer/copyright', 'utf8')
  await write('usr/share/doc/prisma-enforcer/copyright', copyright)
  await settle(root)
  return { root, manifest, files: await filesBelow(root) }

  async function put(from, to) {
    await write(to, await readFile(join(program, from)))
  }
  async function write(path, content) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
}

async function check(path, { sha256, mode }) {
  const digest = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
  if (digest !== sha256) throw new Error(`${path} is not what the manifest names`)
  await chmod(path, Number.parseInt(mode, 8))
}

/** Modes do not depend on who builds, and times not on when. */
async function settle(root) {
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile() && !path.includes('/opt/prisma-enforcer/')) await chmod(path, 0o644)
    else if (entry.name === 'manifest.json') await chmod(path, 0o644)
  }
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true }))
    await lutimes(join(entry.parentPath, entry.name), epochSeconds, epochSeconds)
}

async function filesBelow(root) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}
