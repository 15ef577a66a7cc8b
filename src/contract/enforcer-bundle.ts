import { isRecord, parseRecord } from './json-record.ts'
import { parsed, problem, type Parsed } from './parsed.ts'

/** The format of manifests that this code writes and understands. */
export const enforcerBundleFormat = 'prisma-enforcer-bundle/v1'

/** Files of a bundle's folder; the layers are named in the manifest. */
export const enforcerBundleFiles = {
  manifest: 'manifest.json',
  /** Base64 of the ed25519 signature over the bytes of the manifest. */
  signature: 'manifest.json.sig',
} as const

export const enforcerPlatforms = ['linux-x64', 'linux-arm64'] as const
export type EnforcerPlatform = (typeof enforcerPlatforms)[number]

export const enforcerLayerNames = ['runtime', 'app'] as const
/** `runtime` is a Node binary and hardly ever changes; `app` is the enforcer itself. */
export type EnforcerLayerName = (typeof enforcerLayerNames)[number]

/** A file of a layer, as it lies under the folder of its version once unpacked. */
export interface EnforcerBundleFile {
  /** Relative, e.g. `runtime/node`: the first part is the layer's name. */
  readonly path: string
  /** Permission bits in octal: `0755`. */
  readonly mode: string
  readonly sha256: string
  readonly sizeBytes: number
}

/** A gzipped tar archive, named by its own digest: two bundles with the same layer share the same file. */
export interface EnforcerLayer {
  readonly name: EnforcerLayerName
  /** The archive, beside the manifest. */
  readonly file: string
  readonly sha256: string
  readonly sizeBytes: number
  readonly files: readonly EnforcerBundleFile[]
}

/** What a host must bring so that the enforcer starts at all. Least versions. */
export interface EnforcerBundleRequirements {
  readonly glibc: string
  /** The newest GLIBCXX symbol version of libstdc++.so.6 that the runtime asks for. */
  readonly libstdcxx: string
  readonly kernel: string
  /** For Type=notify, the sandbox and the memory limit of the unit. */
  readonly systemd: string
  readonly diskBytes: number
}

export interface EnforcerManifest {
  readonly format: typeof enforcerBundleFormat
  readonly version: string
  readonly platform: EnforcerPlatform
  /** Version of Node in the runtime layer. */
  readonly node: string
  readonly layers: readonly EnforcerLayer[]
  readonly requirements: EnforcerBundleRequirements
}

const versionPattern = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/
const digestPattern = /^[0-9a-f]{64}$/
/** No absolute path, no `..`, nothing hidden: what is unpacked as root stays where it belongs. */
const pathPattern = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)+[A-Za-z0-9_-][A-Za-z0-9._-]*$/
const fileNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*\.tar\.gz$/

/** Reads a manifest. Whether it is to be trusted is another question: see openEnforcerBundle. */
export function parseEnforcerManifest(text: string): Parsed<EnforcerManifest> {
  const document = parseRecord(text)
  if (!document) return problem('it is not a JSON object')
  if (document['format'] !== enforcerBundleFormat) return problem(`its format is not ${enforcerBundleFormat}`)
  const complaint = complaintAbout(document)
  return complaint === undefined ? parsed(document as unknown as EnforcerManifest) : problem(complaint)
}

function complaintAbout(document: Record<string, unknown>): string | undefined {
  const { version, platform, node, layers, requirements } = document
  if (!matches(version, versionPattern)) return "'version' is no version"
  if (!enforcerPlatforms.some((known) => known === platform)) return "'platform' is not one we know"
  if (!matches(node, versionPattern)) return "'node' is no version"
  if (!isRequirements(requirements)) return "'requirements' is incomplete"
  if (!Array.isArray(layers) || layers.length !== enforcerLayerNames.length)
    return "'layers' are not runtime and app"
  return enforcerLayerNames.map((name, index) => complaintAboutLayer(layers[index], name)).find(Boolean)
}

function complaintAboutLayer(layer: unknown, name: EnforcerLayerName): string | undefined {
  if (!isRecord(layer) || layer['name'] !== name) return `layer ${name} is not where it should be`
  if (!matches(layer['file'], fileNamePattern)) return `layer ${name}: 'file' is no name of an archive`
  if (!matches(layer['sha256'], digestPattern)) return `layer ${name}: 'sha256' is no digest`
  if (!isSize(layer['sizeBytes'])) return `layer ${name}: 'sizeBytes' is no size`
  const { files } = layer
  if (!Array.isArray(files) || files.length === 0) return `layer ${name} names no files`
  const wrong = files.findIndex((file) => !isFile(file, name))
  return wrong < 0 ? undefined : `layer ${name}: file ${wrong + 1} is not described right`
}

function isFile(file: unknown, layer: EnforcerLayerName): boolean {
  if (!isRecord(file)) return false
  const { path, mode, sha256, sizeBytes } = file
  return (
    matches(path, pathPattern) &&
    String(path).startsWith(`${layer}/`) &&
    matches(mode, /^0[0-7]{3}$/) &&
    matches(sha256, digestPattern) &&
    isSize(sizeBytes)
  )
}

function isRequirements(value: unknown): boolean {
  if (!isRecord(value)) return false
  const texts = [value['glibc'], value['libstdcxx'], value['kernel'], value['systemd']]
  return texts.every((text) => matches(text, /^\d+(\.\d+)*$/)) && isSize(value['diskBytes'])
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value)
}

function isSize(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}
