import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { enforcerProgramFolder } from '../../../contract/enforcer-paths.ts'
import { mebibytes } from '../../progress/mebibytes.ts'
import type { EnforcerBundle, VerifiedLayer } from '../bundle/open-enforcer-bundle.ts'
import type { HostChange, Step } from '../plan/step.ts'
import type { Delivered, LayerProgress } from './find-delivered.ts'
import { partialNames } from './partial-version.ts'
import * as scripts from './delivery-scripts.ts'
import { downloadLayer } from './download-script.ts'
import type { Download } from './layer-source.ts'
import { removeTree } from './scripts.ts'

const manifestBytes = 64 * 1024

/** Where a version is put together before it moves to its place in one step. */
function partialFolder(version: string): string {
  return `${enforcerProgramFolder(version)}.partial`
}

/** Whatever of it was done: nothing of the version that was put together stays. */
function undoPartial(version: string): HostChange {
  return { script: removeTree, args: [partialFolder(version)] }
}

/** Keeps of what an earlier run left what can be gone on from, and says what that is. */
export function tidyStep(bundle: EnforcerBundle, delivered: Delivered): Step {
  const { version } = bundle.manifest
  const found = bundle.layers.map((layer) => {
    const progress = delivered.get(layer.name) ?? { type: 'absent' }
    return { keep: namesOf(layer, progress), told: tell(layer, progress) }
  })
  const told = found.flatMap((layer) => layer.told)
  return {
    id: 'partial',
    title:
      told.length === 0
        ? `clear what an earlier run left of ${version}`
        : `go on from what an earlier run brought: ${told.join(', ')}`,
    change: {
      script: scripts.tidyPartial,
      args: [partialFolder(version), ...found.flatMap(({ keep }) => keep)],
    },
    undo: undoPartial(version),
  }
}

function namesOf(layer: VerifiedLayer, progress: LayerProgress): string[] {
  switch (progress.type) {
    case 'absent':
      return []
    case 'part':
    case 'whole':
      return [partialNames.archive(layer)]
    case 'unpacked':
      return [layer.name, partialNames.marker(layer.name)]
  }
}

function tell(layer: VerifiedLayer, progress: LayerProgress): string[] {
  switch (progress.type) {
    case 'absent':
      return []
    case 'part':
      return [`${mebibytes(progress.sizeBytes)} of the ${layer.name} layer`]
    case 'whole':
      return [`the ${layer.name} layer`]
    case 'unpacked':
      return [`the ${layer.name} layer, unpacked`]
  }
}

/** Takes a layer from an installed version that has the same one. */
export function reuseStep(
  version: string,
  from: { readonly layer: VerifiedLayer; readonly version: string },
): Step {
  const { name, sha256 } = from.layer
  const source = enforcerProgramFolder(from.version)
  return {
    id: `layer ${name}`,
    title: `take the ${name} layer from ${from.version}, which has the same`,
    change: {
      script: scripts.reuseLayer,
      args: [partialFolder(version), name, source, sha256, partialNames.marker(name)],
    },
    undo: undoPartial(version),
  }
}

/** Copies of a layer what the host lacks. */
export function copyStep(version: string, what: { layer: VerifiedLayer; hasBytes: number }): Step {
  const { layer, hasBytes } = what
  const { name, sha256, sizeBytes, path } = layer
  const folder = partialFolder(version)
  const rest = mebibytes(sizeBytes - hasBytes)
  return {
    id: `layer ${name}`,
    title:
      hasBytes === 0 ? `copy the ${name} layer (${rest})` : `copy the rest of the ${name} layer (${rest})`,
    change: {
      script: scripts.receiveLayer,
      args: [folder, partialNames.archive(layer), sha256, String(sizeBytes), String(hasBytes)],
      stdin: () => createReadStream(path, { start: hasBytes }),
      bringsBytes: sizeBytes - hasBytes,
      writes: { path: folder, sizeBytes: unpackedBytes(layer) },
      failures: { [scripts.deliveryExit.digest]: 'APO-DELIVERY-DIGEST' },
    },
    undo: undoPartial(version),
  }
}

/** Has the host download of a layer what it lacks. What comes is believed by its digest alone. */
export function downloadStep(
  bundle: EnforcerBundle,
  what: { readonly layer: VerifiedLayer; readonly hasBytes: number; readonly from: Download },
): Step {
  const { layer, hasBytes, from } = what
  const { name: fromName = from.url, isRelay = false } = from
  const { version, platform } = bundle.manifest
  const { name, sha256, sizeBytes, file } = layer
  const folder = partialFolder(version)
  const address = `${from.url}/${platform}/${file}`
  const numbers = [String(sizeBytes), String(hasBytes)]
  const args = [
    folder,
    partialNames.archive(layer),
    sha256,
    ...numbers,
    address,
    isRelay ? 'direct' : 'proxied',
  ]
  const rest = `${hasBytes === 0 ? '' : 'the rest of '}the ${name} layer (${mebibytes(sizeBytes - hasBytes)})`
  return {
    id: `layer ${name}`,
    title: `have the host download ${rest} from ${fromName}`,
    change: {
      script: downloadLayer,
      args,
      stdin: () => `${from.header?.reveal() ?? ''}\n${from.authorityPem ?? ''}`,
      bringsBytes: sizeBytes - hasBytes,
      writes: { path: folder, sizeBytes: unpackedBytes(layer) },
      failures: {
        [scripts.deliveryExit.digest]: 'APO-DELIVERY-DIGEST',
        [scripts.deliveryExit.tool]: 'APO-DELIVERY-TOOL',
        [scripts.deliveryExit.download]: isRelay ? 'APO-DELIVERY-RELAY' : 'APO-DELIVERY-DOWNLOAD',
      },
    },
    undo: undoPartial(version),
  }
}

/** Unpacks a layer that has arrived whole and unchanged. */
export function unpackStep(version: string, layer: VerifiedLayer): Step {
  const folder = partialFolder(version)
  const { name, sha256 } = layer
  return {
    id: `unpack ${name}`,
    title: `unpack the ${name} layer`,
    change: {
      script: scripts.unpackLayer,
      args: [folder, name, partialNames.archive(layer), sha256, partialNames.marker(name)],
      writes: { path: folder, sizeBytes: unpackedBytes(layer) },
    },
    undo: undoPartial(version),
  }
}

/**
 * `replaces`: a build of the same version is in that place. `verifies`: the host can check the signature of
 * the manifest, as was done here; where it cannot, the manifest is believed by its digest.
 */
export function placeStep(
  bundle: EnforcerBundle,
  what: { readonly replaces: boolean; readonly verifies: boolean },
): Step {
  const { manifest, manifestText, signatureText, keyPem } = bundle
  const { version } = manifest
  const [partial, final] = [partialFolder(version), enforcerProgramFolder(version)]
  const sha256 = createHash('sha256').update(manifestText).digest('hex')
  return {
    id: 'version',
    title: what.verifies
      ? `check the signature of version ${version}, and put it in its place`
      : `put version ${version} in its place (this host has no OpenSSL 3 to check its signature; digests are checked)`,
    change: {
      script: scripts.placeVersion,
      args: [partial, final, sha256, signatureText.trim(), keyPem.trim()],
      stdin: () => manifestText,
      writes: { path: final, sizeBytes: manifestBytes },
      failures: {
        [scripts.deliveryExit.digest]: 'APO-DELIVERY-DIGEST',
        [scripts.deliveryExit.signature]: 'APO-DELIVERY-SIGNATURE',
      },
    },
    undo: { script: scripts.unplaceVersion, args: [final, partial, what.replaces ? 'yes' : 'no'] },
  }
}

/** The archive lies beside what it is unpacked to until that is done. */
function unpackedBytes(layer: VerifiedLayer): number {
  return layer.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, layer.sizeBytes)
}
