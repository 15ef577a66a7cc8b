import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { EnforcerLayerName } from '../../../contract/enforcer-bundle.ts'
import type { VerifiedLayer } from '../bundle/open-enforcer-bundle.ts'
import { partialNames, type PartialVersion, type UnpackedLayer } from './partial-version.ts'

/** How far a layer got on a host in an earlier run. */
export type LayerProgress =
  | { readonly type: 'absent' }
  /** The first bytes of its archive are there, and are the right ones. */
  | { readonly type: 'part'; readonly sizeBytes: number }
  | { readonly type: 'whole' }
  | { readonly type: 'unpacked' }

export type Delivered = ReadonlyMap<EnforcerLayerName, LayerProgress>

/** Compares what an earlier run left on a host with the layers it shall have. What differs counts as absent. */
export async function findDelivered(
  partial: PartialVersion | undefined,
  layers: readonly VerifiedLayer[],
): Promise<Delivered> {
  const found = new Map<EnforcerLayerName, LayerProgress>()
  for (const layer of layers)
    found.set(layer.name, partial === undefined ? { type: 'absent' } : await progressOf(layer, partial))
  return found
}

async function progressOf(layer: VerifiedLayer, partial: PartialVersion): Promise<LayerProgress> {
  const unpacked = partial.unpacked.get(layer.name)
  if (unpacked !== undefined && isAll(layer, unpacked)) return { type: 'unpacked' }
  const archive = partial.archives.get(partialNames.archive(layer))
  if (archive === undefined || archive.sizeBytes === 0) return { type: 'absent' }
  const { sizeBytes, sha256 } = archive
  if (sha256 === layer.sha256) return { type: 'whole' }
  if (!(sizeBytes < layer.sizeBytes)) return { type: 'absent' }
  return (await digestOfStart(layer.path, sizeBytes)) === sha256
    ? { type: 'part', sizeBytes }
    : { type: 'absent' }
}

/** A host that lost power may have the marker and not all of what was written before it. */
function isAll(layer: VerifiedLayer, unpacked: UnpackedLayer): boolean {
  return (
    unpacked.sha256 === layer.sha256 &&
    unpacked.files.size === layer.files.length &&
    layer.files.every(({ path, sha256 }) => unpacked.files.get(path) === sha256)
  )
}

async function digestOfStart(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { end: sizeBytes - 1 }), hash)
  return hash.digest('hex')
}
