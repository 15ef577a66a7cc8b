import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EnforcerPlatform } from '../../../contract/enforcer-bundle.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { openEnforcerBundle, type EnforcerBundle } from './open-enforcer-bundle.ts'

export interface BundleShelfOptions {
  /** Holds a folder for each platform. */
  readonly folder: string
  /** Public keys that may sign bundles: files, PEM. */
  readonly trustedKeyFiles: readonly string[]
  /** Only this version will do; any when undefined. */
  readonly version: string | undefined
}

const platforms: Readonly<Record<string, EnforcerPlatform>> = { x86_64: 'linux-x64', aarch64: 'linux-arm64' }

/**
 * Finds the verified bundle for a machine by what `uname -m` says there; each is verified once a run.
 * Rejects with APO-BUNDLE-*, also for a machine or a version that there is none for.
 */
export function openBundleShelf(options: BundleShelfOptions): (machine: string) => Promise<EnforcerBundle> {
  const opened = new Map<string, Promise<EnforcerBundle>>()
  return (machine) => {
    const bundle = opened.get(machine) ?? openFor(machine, options)
    opened.set(machine, bundle)
    return bundle
  }
}

async function openFor(machine: string, options: BundleShelfOptions): Promise<EnforcerBundle> {
  const platform = platforms[machine]
  if (platform === undefined)
    throw new ApoctlError(['APO-BUNDLE-PLATFORM', `there is no enforcer for ${machine} machines`])
  const folder = join(options.folder, platform)
  const bundle = await openEnforcerBundle(folder, { trustedKeysPem: await readKeys(options.trustedKeyFiles) })
  const { version } = bundle.manifest
  if (options.version === undefined || options.version === version) return bundle
  throw new ApoctlError(
    ['APO-BUNDLE-MISSING', `version ${options.version} is not in ${folder}, which holds ${version}`],
    { hints: ['Give the folder that holds it with --bundle.'] },
  )
}

function readKeys(files: readonly string[]): Promise<string[]> {
  return Promise.all(
    files.map((file) =>
      readFile(file, 'utf8').catch((error: unknown) => {
        throw new ApoctlError(['APO-BUNDLE-SIGNATURE', `the public key ${file} cannot be read`], {
          cause: error,
        })
      }),
    ),
  )
}
