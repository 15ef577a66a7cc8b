import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { EnforcerLayer } from '../../../contract/enforcer-bundle.ts'
import { enforcerProgramFiles } from '../../../contract/enforcer-paths.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { readArchivedFiles } from './read-archived-files.ts'
import { readSignedManifest, type SignedManifest } from './read-signed-manifest.ts'

/** A bundle on disk whose signature and layers were checked. */
export interface EnforcerBundle extends SignedManifest {
  readonly layers: readonly VerifiedLayer[]
  /** The systemd unit, out of the app layer. */
  readonly unit: string
  /** The modules-load file, out of the app layer. */
  readonly modulesLoad: string
}

export interface VerifiedLayer extends EnforcerLayer {
  /** Where the archive is on this machine. */
  readonly path: string
}

export interface BundleWorld {
  /** Keys whose signatures are trusted: PEM, ed25519. The ones of this build of apoctl. */
  readonly trustedKeysPem: readonly string[]
  readonly signal?: AbortSignal
}

/**
 * Opens the bundle in `folder`: nothing of it is believed before the signature over its manifest fits a
 * trusted key, and no layer before its size and digest fit the manifest.
 * Throws APO-BUNDLE-MISSING, -SIGNATURE, -MANIFEST or -LAYER.
 */
export async function openEnforcerBundle(folder: string, world: BundleWorld): Promise<EnforcerBundle> {
  const signed = await readSignedManifest(folder, world)
  const layers: VerifiedLayer[] = []
  for (const layer of signed.manifest.layers) layers.push(await verifyLayer({ folder, layer }, world))
  const texts = await readArchivedFiles(layers.find(({ name }) => name === 'app')?.path ?? '', [
    enforcerProgramFiles.unit,
    enforcerProgramFiles.modulesLoad,
  ])
  return {
    ...signed,
    layers,
    unit: expectText(texts, { path: enforcerProgramFiles.unit, folder }),
    modulesLoad: expectText(texts, { path: enforcerProgramFiles.modulesLoad, folder }),
  }
}

async function verifyLayer(
  what: { readonly folder: string; readonly layer: EnforcerLayer },
  world: BundleWorld,
): Promise<VerifiedLayer> {
  const { folder, layer } = what
  const path = join(folder, layer.file)
  const { size } = await stat(path).catch((error: unknown) => {
    throw new ApoctlError(['APO-BUNDLE-MISSING', `layer ${layer.name} of the bundle, ${path}, is missing`], {
      cause: error,
    })
  })
  if (size !== layer.sizeBytes)
    throw new ApoctlError([
      'APO-BUNDLE-LAYER',
      `${path} has ${size} bytes and not the ${layer.sizeBytes} of its manifest`,
    ])
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash, { ...(world.signal && { signal: world.signal }) })
  const sha256 = hash.digest('hex')
  if (sha256 !== layer.sha256)
    throw new ApoctlError([
      'APO-BUNDLE-LAYER',
      `${path} has the digest ${sha256} and not the one of its manifest`,
    ])
  return { ...layer, path }
}

function expectText(
  texts: ReadonlyMap<string, string>,
  what: { readonly path: string; readonly folder: string },
): string {
  const text = texts.get(what.path)
  if (text === undefined)
    throw new ApoctlError([
      'APO-BUNDLE-LAYER',
      `the app layer of the bundle in ${what.folder} lacks ${what.path}`,
    ])
  return text
}
