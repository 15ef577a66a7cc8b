/** A signed repository of packages in the vendor's layout, made with the real tools and served to the lab's hosts. */
import { execFile } from 'node:child_process'
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

export interface PackageRepository {
  /** For --repo. */
  readonly url: string
  /** For --repo-key. */
  readonly key: string
  readonly fingerprint: string
  /** Files that hosts asked for. */
  readonly asked: string[]
  /** Of apt: makes the lists for these packages, and signs them. */
  publish(debs: readonly string[]): Promise<void>
  /** Of yum, in this folder of the repository. */
  publishRpms(folder: string, rpms: readonly string[]): Promise<void>
  /** A file of the lists, to spoil. */
  path(...parts: readonly string[]): string
  close(): void
}

/** The package of a bundle, by the build that users have. */
export async function buildPackage(
  bundle: string,
  to: { format: 'deb' | 'rpm'; folder: string },
): Promise<string> {
  const tool = join(root, 'tools/build-packages.mjs')
  const args = [tool, '--bundle', bundle, '--format', to.format, '--out', to.folder]
  const { stdout } = await run(process.execPath, args, { cwd: root })
  return stdout.trim()
}

export async function openPackageRepository(at: {
  readonly host: string
  readonly port: number
  readonly folder: string
}): Promise<PackageRepository> {
  const home = join(at.folder, 'gnupg')
  const served = join(at.folder, 'served')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  mkdirSync(served, { recursive: true })
  const key = join(at.folder, 'repository.asc')
  const gpg = (...args: readonly string[]) => run('gpg', ['--homedir', home, '--batch', '--yes', ...args])
  const name = 'Packages of the test <packages@example.invalid>'
  await gpg('--passphrase', '', '--quick-generate-key', name, 'rsa3072', 'sign', 'never')
  writeFileSync(key, (await gpg('--armor', '--export')).stdout)
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec((await gpg('--with-colons', '--list-keys')).stdout)![1]!
  const asked: string[] = []
  const server = serve(served, asked)
  await new Promise<void>((resolve) => server.listen(at.port, at.host, resolve))
  return {
    url: `http://${at.host}:${at.port}`,
    key,
    fingerprint,
    asked,
    path: (...parts) => join(served, ...parts),
    publish: (debs) => publishDebs(debs, { folder: join(served, 'debian/bookworm'), gpg }),
    publishRpms: (folder, rpms) =>
      publishRpms(rpms, { folder: join(served, folder), gpg, home, fingerprint }),
    close: () => server.close(),
  }
}

type Gpg = (...args: readonly string[]) => Promise<unknown>

async function publishDebs(debs: readonly string[], to: { folder: string; gpg: Gpg }): Promise<void> {
  const { folder, gpg } = to
  const dist = join(folder, 'dists/aporeto')
  const lists = join(dist, 'main/binary-amd64')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(lists, { recursive: true })
  mkdirSync(join(folder, 'pool'))
  for (const deb of debs) copyFileSync(deb, join(folder, 'pool', basename(deb)))
  const packages = await run('apt-ftparchive', ['packages', 'pool'], { cwd: folder })
  writeFileSync(join(lists, 'Packages'), packages.stdout)
  const about = Object.entries({
    Suite: 'aporeto',
    Codename: 'aporeto',
    Components: 'main',
    Architectures: 'amd64',
  })
  const options = about.flatMap(([field, value]) => ['-o', `APT::FTPArchive::Release::${field}=${value}`])
  const release = await run('apt-ftparchive', [...options, 'release', dist])
  writeFileSync(join(dist, 'Release'), release.stdout)
  await gpg('--clearsign', '--output', join(dist, 'InRelease'), join(dist, 'Release'))
}

async function publishRpms(
  rpms: readonly string[],
  to: { folder: string; gpg: Gpg; home: string; fingerprint: string },
): Promise<void> {
  const { folder, gpg, home, fingerprint } = to
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const rpm of rpms) {
    const file = join(folder, basename(rpm))
    copyFileSync(rpm, file)
    const defines = [
      '--define',
      '__gpg /usr/bin/gpg',
      '--define',
      `_gpg_name ${fingerprint}`,
      '--define',
      `_gpg_path ${home}`,
    ]
    await run('rpmsign', [...defines, '--addsign', file])
  }
  await run('createrepo_c', ['--quiet', '--general-compress-type', 'gz', folder])
  const list = join(folder, 'repodata/repomd.xml')
  await gpg('--armor', '--detach-sign', '--output', `${list}.asc`, list)
}

function serve(folder: string, asked: string[]): Server {
  return createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://repository').pathname)
    asked.push(path)
    const file = join(folder, path)
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-length': statSync(file).size })
    createReadStream(file).pipe(response)
  })
}
