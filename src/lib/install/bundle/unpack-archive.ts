import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import {
  enforcerBundleFiles,
  enforcerPlatforms,
  type EnforcerManifest,
  type EnforcerPlatform,
} from '../../../contract/enforcer-bundle.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { forgetUnused } from './forget-unused.ts'
import { indexArchive, type ArchiveEntry } from './index-archive.ts'
import { openEnforcerBundle, type BundleWorld } from './open-enforcer-bundle.ts'
import { readSignedManifest } from './read-signed-manifest.ts'

/** A manifest and a signature are small; what says that they are not is not read. */
const mostTextBytes = 1_048_576

/** An archive of bundles, and where archives are unpacked to: a folder of this account. */
export interface PackedBundles {
  readonly file: string
  readonly cacheFolder: string
}

interface Unpacking extends PackedBundles {
  readonly entries: ReadonlyMap<string, ArchiveEntry>
  readonly folder: string
}

/**
 * Unpacks an archive of bundles, once: it lies in the cache by its digest. Signatures are checked before a
 * layer is unpacked, and every layer before anybody sees the folder. Gives the folder, which holds one for
 * each platform. Rejects with APO-BUNDLE-*.
 */
export async function unpackArchive(packed: PackedBundles, world: BundleWorld): Promise<string> {
  const entries = await indexArchive(packed.file)
  const platforms = enforcerPlatforms.filter((platform) =>
    entries.has(`${platform}/${enforcerBundleFiles.manifest}`),
  )
  if (platforms.length === 0)
    throw new ApoctlError(['APO-BUNDLE-ARCHIVE', `${packed.file} holds no enforcer bundle`])
  const digest = await digestOf(packed.file)
  const final = join(packed.cacheFolder, digest)
  await unpackTo(final, { packed, entries, platforms, world })
  await forgetUnused(packed.cacheFolder, digest)
  return final
}

async function unpackTo(
  final: string,
  what: {
    readonly packed: PackedBundles
    readonly entries: Unpacking['entries']
    readonly platforms: readonly EnforcerPlatform[]
    readonly world: BundleWorld
  },
): Promise<void> {
  const { packed, entries, platforms, world } = what
  if (await areWhole(platforms, { folder: final, world })) return
  const folder = join(packed.cacheFolder, `.new-${randomUUID()}`)
  try {
    for (const platform of platforms)
      await unpackPlatform(platform, { unpacking: { ...packed, entries, folder }, world })
    await rm(final, { recursive: true, force: true })
    // Somebody else may have unpacked the same a moment ago.
    await rename(folder, final).catch(async (error: unknown) => {
      if (!(await areWhole(platforms, { folder: final, world }))) throw error
    })
  } catch (error) {
    throw error instanceof ApoctlError ? error : noCache(error, packed)
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

function noCache(error: unknown, { file, cacheFolder }: PackedBundles): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) return error
  return new ApoctlError(['APO-INPUT-FILE', `${file} cannot be unpacked below ${cacheFolder} (${code})`], {
    hints: ['Make room there, or set XDG_CACHE_HOME to a folder that has some.'],
    cause: error,
  })
}

async function areWhole(
  platforms: readonly EnforcerPlatform[],
  at: { readonly folder: string; readonly world: BundleWorld },
): Promise<boolean> {
  try {
    for (const platform of platforms) await openEnforcerBundle(join(at.folder, platform), at.world)
    return true
  } catch (error) {
    if (error instanceof ApoctlError) return false
    throw error
  }
}

async function unpackPlatform(
  platform: EnforcerPlatform,
  by: { readonly unpacking: Unpacking; readonly world: BundleWorld },
): Promise<void> {
  const { unpacking, world } = by
  const folder = join(unpacking.folder, platform)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of Object.values(enforcerBundleFiles))
    await unpackFile(unpacking, { name: `${platform}/${name}`, mostBytes: mostTextBytes })
  const { manifest } = await readSignedManifest(folder, world)
  demandOnly(manifest, { platform, unpacking })
  for (const { file, sizeBytes } of manifest.layers)
    await unpackFile(unpacking, { name: `${platform}/${file}`, mostBytes: sizeBytes })
  await openEnforcerBundle(folder, world)
}

/** Nothing lies beside the layers that the manifest names, and the manifest lies where it belongs. */
function demandOnly(
  manifest: EnforcerManifest,
  of: { readonly platform: EnforcerPlatform; readonly unpacking: Unpacking },
): void {
  const { platform, unpacking } = of
  const { file, entries } = unpacking
  if (manifest.platform !== platform)
    throw new ApoctlError(['APO-BUNDLE-ARCHIVE', `${file}: ${platform} is a bundle for ${manifest.platform}`])
  const named = [...Object.values(enforcerBundleFiles), ...manifest.layers.map((layer) => layer.file)]
  const others = [...entries.keys()].filter(
    (name) => name.startsWith(`${platform}/`) && !named.includes(name.slice(platform.length + 1)),
  )
  if (others.length > 0)
    throw new ApoctlError([
      'APO-BUNDLE-ARCHIVE',
      `${file} holds ${others.join(', ')}, which its manifest does not name`,
    ])
}

async function unpackFile(
  unpacking: Unpacking,
  what: { readonly name: string; readonly mostBytes: number },
): Promise<void> {
  const entry = unpacking.entries.get(what.name)
  if (entry === undefined)
    throw new ApoctlError(['APO-BUNDLE-MISSING', `there is no ${what.name} in ${unpacking.file}`])
  const { offset, sizeBytes } = entry
  if (sizeBytes > what.mostBytes)
    throw new ApoctlError(['APO-BUNDLE-ARCHIVE', `${unpacking.file}: ${what.name} is larger than it may be`])
  const from = createReadStream(unpacking.file, { start: offset, end: offset + sizeBytes - 1 })
  await pipeline(from, createWriteStream(join(unpacking.folder, what.name), { flags: 'wx', mode: 0o600 }))
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
