import { enforcerBundleFiles, enforcerPlatforms } from './enforcer-bundle.ts'

/** An archive of bundles, for machines that nothing can be downloaded to: a plain tar of these, and nothing else. */
export const enforcerArchiveFiles = {
  readme: 'README.txt',
  /** The public half of the key that signed the manifests; for people, never trusted because it is there. */
  key: 'signing-key.pem',
} as const

const layerName = String.raw`[A-Za-z0-9][A-Za-z0-9._-]*\.tar\.gz`
const platformNames = [
  enforcerBundleFiles.manifest.replaceAll('.', String.raw`\.`),
  enforcerBundleFiles.signature.replaceAll('.', String.raw`\.`),
  layerName,
].join('|')
const namePattern = new RegExp(
  `^(?:README\\.txt|signing-key\\.pem|(?:${enforcerPlatforms.join('|')})/(?:${platformNames}))$`,
)

/** Whether a file of this name may be in such an archive. No other path than these can come out of one. */
export function isEnforcerArchiveName(name: string): boolean {
  return namePattern.test(name)
}
