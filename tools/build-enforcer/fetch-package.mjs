import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { list } from 'tar'

const cache = 'build/cache'
const run = promisify(execFile)

/** Files of a package of the npm registry, by path inside it; fetched once, and checked every time. */
export async function fetchPackage({ name, version, integrity, paths }) {
  await mkdir(cache, { recursive: true })
  const archive = join(cache, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
  if (!existsSync(archive)) {
    const { stdout } = await run('npm', ['pack', `${name}@${version}`, '--json', '--pack-destination', cache])
    const [{ filename }] = JSON.parse(stdout)
    await rename(join(cache, filename), archive)
  }
  const found = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`
  if (found !== integrity)
    throw new Error(`${archive} is not the package that is pinned; remove it and build again`)
  return readArchive(archive, paths)
}

async function readArchive(archive, paths) {
  const files = new Map()
  await list({
    file: archive,
    filter: (path) => paths.includes(path),
    onReadEntry: (entry) => {
      const chunks = []
      entry.on('data', (chunk) => chunks.push(chunk))
      entry.on('end', () => files.set(entry.path, Buffer.concat(chunks)))
    },
  })
  const missing = paths.filter((path) => !files.has(path))
  if (missing.length > 0) throw new Error(`${archive} lacks ${missing.join(', ')}`)
  return files
}
