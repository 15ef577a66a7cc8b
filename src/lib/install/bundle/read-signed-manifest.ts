import { createPublicKey, verify } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  enforcerBundleFiles,
  parseEnforcerManifest,
  type EnforcerManifest,
} from '../../../contract/enforcer-bundle.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** A manifest that a trusted key signed. */
export interface SignedManifest {
  readonly manifest: EnforcerManifest
  /** Byte for byte as it was signed. */
  readonly manifestText: string
  /** Base64, as it lies beside the manifest. */
  readonly signatureText: string
  /** The one of the trusted keys that signed it: PEM. */
  readonly keyPem: string
}

/** Reads the manifest of the bundle in `folder`. Throws APO-BUNDLE-MISSING, -SIGNATURE or -MANIFEST. */
export async function readSignedManifest(
  folder: string,
  world: { readonly trustedKeysPem: readonly string[] },
): Promise<SignedManifest> {
  const bytes = await readPart(folder, enforcerBundleFiles.manifest)
  const signatureText = (await readPart(folder, enforcerBundleFiles.signature)).toString('utf8')
  const signature = Buffer.from(signatureText.trim(), 'base64')
  const keyPem = world.trustedKeysPem.find((pem) => {
    const key = createPublicKey(pem)
    return key.asymmetricKeyType === 'ed25519' && verify(null, bytes, key, signature)
  })
  if (keyPem === undefined)
    throw new ApoctlError(['APO-BUNDLE-SIGNATURE', `the bundle in ${folder} is not signed by a trusted key`])
  const manifestText = bytes.toString('utf8')
  const manifest = parseEnforcerManifest(manifestText)
  if (!manifest.ok)
    throw new ApoctlError([
      'APO-BUNDLE-MANIFEST',
      `the manifest of the bundle in ${folder} cannot be used: ${manifest.problem}`,
    ])
  return { manifest: manifest.value, manifestText, signatureText, keyPem }
}

async function readPart(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name))
  } catch (error) {
    throw new ApoctlError(['APO-BUNDLE-MISSING', `there is no ${name} in ${folder}`], { cause: error })
  }
}
