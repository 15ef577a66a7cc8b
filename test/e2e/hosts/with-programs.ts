/** Gives lab hosts programs that their image lacks, as if they had been installed: files of Debian's packages. */
import { execFile } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { E2eHost } from './host.ts'
import { e2eDataDirectory } from './with-lab.ts'

const run = promisify(execFile)
/** The release that labs have when nobody says another. */
const suite = 'bookworm'

/** Adds what these packages are made of to the hosts; what a host has already stays as it is. */
export async function withPrograms(
  hosts: readonly E2eHost[],
  packages: readonly string[],
): Promise<readonly E2eHost[]> {
  const tree = join(e2eDataDirectory, `programs-${packages.join('-')}`)
  if (!existsSync(tree)) await extract(packages, tree)
  for (const host of hosts) {
    const root = `/proc/${await host.initPid()}/root`
    await run('cp', ['-a', '--no-clobber', join(tree, 'usr'), join(tree, 'etc'), `${root}/`]).catch(
      // Some of the files are there: with --no-clobber that is a failure to newer versions of cp.
      (error: unknown) => {
        if ((error as { stderr?: string }).stderr !== '') throw error
      },
    )
    await host.mustRun('ldconfig; python3 -c pass')
  }
  return hosts
}

async function extract(packages: readonly string[], tree: string): Promise<void> {
  const partial = `${tree}.partial`
  rmSync(partial, { recursive: true, force: true })
  const words = ['--mode=root', '--variant=extract', `--include=${packages.join(',')}`, suite, partial]
  await run('unshare', ['--mount', '--propagation', 'private', 'mmdebstrap', ...words], {
    maxBuffer: 64 * 1024 * 1024,
  })
  renameSync(partial, tree)
}
