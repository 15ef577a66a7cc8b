import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import {
  enforcerBundleFiles,
  parseEnforcerManifest,
  type EnforcerLayer,
  type EnforcerManifest,
} from '../../../contract/enforcer-bundle.ts'
import { enforcerProgramFiles } from '../../../contract/enforcer-paths.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { readArchivedFiles } from './read-archived-files.ts'

/** A bundle on disk whose signature and layers were checked. */
export interface EnforcerBundle {
  readonly manifest: EnforcerManifest
  /** The manifest byte for byte as it was signed. */
  readonly manifestText: string
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
  const manifestBytes = await readPart(folder, enforcerBundleFiles.manifest)
  const signature = await readPart(folder, enforcerBundleFiles.signature)
  if (!isSigned(manifestBytes, { signature, keysPem: world.trustedKeysPem }))
    throw new ApoctlError(['APO-BUNDLE-SIGNATURE', `the bundle in ${folder} is not signed by a trusted key`])
  const manifestText = manifestBytes.toString('utf8')
  const manifest = parseEnforcerManifest(manifestText)
  if (!manifest.ok)
    throw new ApoctlError([
      'APO-BUNDLE-MANIFEST',
      `the manifest of the bundle in ${folder} cannot be used: ${manifest.problem}`,
    ])
  const layers: VerifiedLayer[] = []
  for (const layer of manifest.value.layers) layers.push(await verifyLayer({ folder, layer }, world))
  const texts = await readArchivedFiles(layers.find(({ name }) => name === 'app')?.path ?? '', [
    enforcerProgramFiles.unit,
    enforcerProgramFiles.modulesLoad,
  ])
  return {
    manifest: manifest.value,
    manifestText,
    layers,
    unit: expectText(texts, { path: enforcerProgramFiles.unit, folder }),
    modulesLoad: expectText(texts, { path: enforcerProgramFiles.modulesLoad, folder }),
  }
}

function isSigned(
  manifest: Buffer,
  by: { readonly signature: Buffer; readonly keysPem: readonly string[] },
): boolean {
  const signature = Buffer.from(by.signature.toString('utf8').trim(), 'base64')
  return by.keysPem.some((pem) => {
    const key = createPublicKey(pem)
    return key.asymmetricKeyType === 'ed25519' && verify(null, manifest, key, signature)
  })
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

async function readPart(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name))
  } catch (error) {
    throw new ApoctlError(['APO-BUNDLE-MISSING', `there is no ${name} in ${folder}`], { cause: error })
  }
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
