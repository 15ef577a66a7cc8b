import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { enforcerPlatforms, type EnforcerPlatform } from '../../../contract/enforcer-bundle.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { openEnforcerBundle, type BundleWorld, type EnforcerBundle } from './open-enforcer-bundle.ts'
import { unpackArchive } from './unpack-archive.ts'

export interface BundleShelfOptions {
  /** A folder that holds one for each platform, or an archive of such a folder. */
  readonly source: string
  /** Where archives are unpacked to. */
  readonly cacheFolder: string
  /** Public keys that may sign bundles: files, PEM. */
  readonly trustedKeyFiles: readonly string[]
  /** Only this version will do; any when undefined. */
  readonly version: string | undefined
}

const platforms: Readonly<Record<string, EnforcerPlatform>> = { x86_64: 'linux-x64', aarch64: 'linux-arm64' }

/** Verified bundles, each verified once a run. */
export interface BundleShelf {
  /** The one for a machine, by what `uname -m` says there. Rejects with APO-BUNDLE-*. */
  readonly forMachine: (machine: string) => Promise<EnforcerBundle>
  /** Rejects with APO-BUNDLE-*. */
  readonly forPlatform: (platform: EnforcerPlatform) => Promise<EnforcerBundle>
  /** Which platforms there are bundles for, verified or not. */
  readonly platforms: () => Promise<readonly EnforcerPlatform[]>
}

/** Opens what holds the bundles; nothing is read before somebody asks for one. */
export function openBundleShelf(options: BundleShelfOptions): BundleShelf {
  const opened = new Map<EnforcerPlatform, Promise<EnforcerBundle>>()
  let found: Promise<string> | undefined
  const folder = () => (found ??= folderOf(options))
  const forPlatform = (platform: EnforcerPlatform): Promise<EnforcerBundle> => {
    const bundle =
      opened.get(platform) ?? folder().then((path) => openFrom(join(path, platform), { platform, options }))
    opened.set(platform, bundle)
    return bundle
  }
  return {
    forPlatform,
    forMachine: async (machine) => {
      const platform = platforms[machine]
      if (platform !== undefined) return forPlatform(platform)
      throw new ApoctlError(['APO-BUNDLE-PLATFORM', `there is no enforcer for ${machine} machines`])
    },
    platforms: async () => {
      const path = await folder()
      return enforcerPlatforms.filter((platform) => existsSync(join(path, platform)))
    },
  }
}

async function folderOf(options: BundleShelfOptions): Promise<string> {
  const { source, cacheFolder } = options
  const isFile = await stat(source).then(
    (found) => found.isFile(),
    () => false,
  )
  if (!isFile) return source
  return unpackArchive({ file: source, cacheFolder }, await trust(options))
}

async function openFrom(
  folder: string,
  of: { readonly platform: EnforcerPlatform; readonly options: BundleShelfOptions },
): Promise<EnforcerBundle> {
  const { platform, options } = of
  if (!existsSync(folder))
    throw new ApoctlError(['APO-BUNDLE-MISSING', `${options.source} has no bundle for ${platform}`])
  const bundle = await openEnforcerBundle(folder, await trust(options))
  const { version } = bundle.manifest
  if (options.version === undefined || options.version === version) return bundle
  throw new ApoctlError(
    ['APO-BUNDLE-MISSING', `version ${options.version} is not in ${options.source}, which holds ${version}`],
    { hints: ['Give what holds it with --bundle.'] },
  )
}

async function trust({ trustedKeyFiles }: BundleShelfOptions): Promise<BundleWorld> {
  return { trustedKeysPem: await readKeys(trustedKeyFiles) }
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
