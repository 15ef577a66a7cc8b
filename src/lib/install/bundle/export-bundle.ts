import { resolve } from 'node:path'
import { enforcerArchiveFiles } from '../../../contract/enforcer-archive.ts'
import { enforcerBundleFiles, type EnforcerPlatform } from '../../../contract/enforcer-bundle.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { BundleShelf } from './bundle-shelf.ts'
import type { EnforcerBundle } from './open-enforcer-bundle.ts'
import { writeArchive, type ArchivedFile } from './write-archive.ts'

export interface BundleExportOptions {
  readonly shelf: BundleShelf
  /** `all` are those that the shelf has. */
  readonly platform: EnforcerPlatform | 'all'
  /** Undefined for a name that says what is in it, in the working folder. */
  readonly file: string | undefined
  readonly workingDir: string
}

/** The answer of `enforcer bundle export`. */
export interface BundleExportReport {
  readonly file: string
  readonly sizeBytes: number
  /** To compare with on the other side. */
  readonly sha256: string
  readonly version: string
  readonly platforms: readonly EnforcerPlatform[]
}

/**
 * Writes the bundles of some platforms into one archive, after checking them as an installation does.
 * Rejects with APO-BUNDLE-* or, where the file cannot be written or is there, APO-INPUT-FILE.
 */
export async function exportBundle(
  options: BundleExportOptions,
  context: { readonly signal: AbortSignal },
): Promise<BundleExportReport> {
  const { shelf, platform } = options
  const bundles: EnforcerBundle[] = []
  for (const each of platform === 'all' ? await shelf.platforms() : [platform])
    bundles.push(await shelf.forPlatform(each))
  const [first] = bundles
  if (first === undefined)
    throw new ApoctlError(['APO-BUNDLE-MISSING', 'there is no enforcer bundle to export'])
  const { version } = first.manifest
  const strange = bundles.find(({ manifest }) => manifest.version !== version)
  if (strange !== undefined)
    throw new ApoctlError(
      [
        'APO-INPUT-VALUE',
        `one archive holds one version, and here are ${version} and ${strange.manifest.version}`,
      ],
      { hints: ['Export each with --platform.'] },
    )
  const name = `prisma-enforcer-${version}-${bundles.length === 1 ? first.manifest.platform : 'all'}.tar`
  const file = resolve(options.workingDir, options.file ?? name)
  const written = await writeArchive({ file, files: filesOf(bundles, first) }, context)
  return { file, ...written, version, platforms: bundles.map(({ manifest }) => manifest.platform) }
}

/** A manifest comes before its layers, so that a reader knows what to expect. */
function filesOf(bundles: readonly EnforcerBundle[], first: EnforcerBundle): ArchivedFile[] {
  return [
    { name: enforcerArchiveFiles.readme, text: readmeText(bundles, first.manifest.version) },
    { name: enforcerArchiveFiles.key, text: first.keyPem },
    ...bundles.flatMap(({ manifest, manifestText, signatureText, layers }): ArchivedFile[] => [
      { name: `${manifest.platform}/${enforcerBundleFiles.manifest}`, text: manifestText },
      { name: `${manifest.platform}/${enforcerBundleFiles.signature}`, text: signatureText },
      ...layers.map(({ file, path, sizeBytes }) => ({
        name: `${manifest.platform}/${file}`,
        path,
        sizeBytes,
      })),
    ]),
  ]
}

function readmeText(bundles: readonly EnforcerBundle[], version: string): string {
  const layers = bundles.flatMap(({ manifest, layers }) =>
    layers.map(({ file, sha256 }) => `  ${sha256}  ${manifest.platform}/${file}`),
  )
  return `prisma-enforcer ${version}

Install from this archive, as it is, on a machine that reaches the hosts:

  apoctl enforcer install linux --bundle THIS-FILE.tar --inventory hosts.yaml --namespace /acme

apoctl checks the signature of each manifest with the key it came with, and each layer with its manifest.
Where the bundle was built by somebody else, get their key from them, not from here, and add --bundle-key.
The key beside this text is there to see who signed. By hand:

  base64 -d linux-x64/manifest.json.sig > signature
  openssl pkeyutl -verify -pubin -inkey signing-key.pem -rawin -in linux-x64/manifest.json -sigfile signature
  sha256sum linux-x64/*.tar.gz

${layers.join('\n')}
`
}
