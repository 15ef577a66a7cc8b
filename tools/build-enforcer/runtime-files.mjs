import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fetchPackage } from './fetch-package.mjs'

/**
 * The runtime layer: a Node binary as its package has it, and its licence. `source` is `package` (the
 * pinned one), `running` (the one that runs this build) or a file.
 */
export async function runtimeFiles(platform, source) {
  const { version, binary, licence } =
    source === 'package' ? await fromPackage(platform) : await fromFile(platform, source)
  const files = [{ path: 'runtime/node', mode: '0755', content: binary }]
  if (licence) files.push({ path: 'runtime/LICENSE', mode: '0644', content: licence })
  return { version, files }
}

async function fromPackage(platform) {
  const { node } = JSON.parse(await readFile('packaging/enforcer/pinned-packages.json', 'utf8'))
  const { package: name, integrity } = node.platforms[platform]
  const paths = ['package/bin/node', 'package/LICENSE']
  const files = await fetchPackage({ name, version: node.version, integrity, paths })
  return { version: node.version, binary: files.get(paths[0]), licence: files.get(paths[1]) }
}

async function fromFile(platform, source) {
  const path = source === 'running' ? process.execPath : source
  const [version, found] = execFileSync(
    path,
    ['-p', '`${process.versions.node} ${process.platform}-${process.arch}`'],
    {
      encoding: 'utf8',
    },
  )
    .trim()
    .split(' ')
  if (found !== platform) throw new Error(`${path} is a Node for ${found} and not for ${platform}`)
  const licence = [join(dirname(path), '../LICENSE'), join(dirname(path), 'LICENSE')].find(existsSync)
  return { version, binary: await readFile(path), licence: licence && (await readFile(licence)) }
}
