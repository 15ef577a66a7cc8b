import { createReadStream } from 'node:fs'
import {
  enforcerPaths,
  enforcerProgramFolder,
  enforcerServiceName,
} from '../../../contract/enforcer-paths.ts'
import type { HostChange, Step } from '../plan/step.ts'
import type { EnforcerBundle, VerifiedLayer } from '../bundle/open-enforcer-bundle.ts'
import type { HostFile, InstalledState } from './inspect-host.ts'
import * as scripts from './scripts.ts'

const smallFileBytes = 64 * 1024

const nothing: HostChange = { script: 'true' }

export function folderStep(path: string, mode: string): Step {
  return {
    id: `folder ${path}`,
    title: `make the folder ${path}`,
    change: { script: scripts.makeFolder, args: [path, mode], writes: { path, sizeBytes: smallFileBytes } },
    undo: { script: scripts.removeTree, args: [path] },
  }
}

/** Where a version is put together before it moves to its place in one step. */
function partialFolder(version: string): string {
  return `${enforcerProgramFolder(version)}.partial`
}

/** Takes a layer from an installed version that has the same one. */
export function reuseStep(
  version: string,
  from: { readonly layer: VerifiedLayer; readonly version: string },
): Step {
  const folder = partialFolder(version)
  const { name } = from.layer
  return {
    id: `layer ${name}`,
    title: `take the ${name} layer from ${from.version}, which has the same`,
    change: { script: scripts.reuseLayer, args: [folder, name, enforcerProgramFolder(from.version)] },
    undo: { script: scripts.removeTree, args: [folder] },
  }
}

/** Copies a layer and, once it has arrived whole and unchanged, unpacks it. */
export function copySteps(version: string, layer: VerifiedLayer): Step[] {
  const folder = partialFolder(version)
  const { name, sha256, sizeBytes, path } = layer
  const undo: HostChange = { script: scripts.removeTree, args: [folder] }
  const writes = { path: folder, sizeBytes: unpackedBytes(layer) }
  return [
    {
      id: `layer ${name}`,
      title: `copy the ${name} layer (${mebibytes(sizeBytes)})`,
      change: {
        script: scripts.receiveLayer,
        args: [folder, name, sha256],
        stdin: () => createReadStream(path),
        writes,
      },
      undo,
    },
    {
      id: `unpack ${name}`,
      title: `unpack the ${name} layer`,
      change: { script: scripts.unpackLayer, args: [folder, name], writes },
      undo,
    },
  ]
}

export function placeStep(bundle: EnforcerBundle): Step {
  const { version } = bundle.manifest
  const final = enforcerProgramFolder(version)
  return {
    id: 'version',
    title: `put version ${version} in its place`,
    change: {
      script: scripts.placeVersion,
      args: [partialFolder(version), final],
      stdin: () => bundle.manifestText,
      writes: { path: final, sizeBytes: smallFileBytes },
    },
    undo: { script: scripts.unplaceVersion, args: [final] },
  }
}

export interface FileContent {
  readonly path: string
  readonly mode: string
  readonly content: string
}

/** Writes a file; undoing brings back the one that was there, with its mode. */
export function fileStep(file: FileContent, before: HostFile | undefined): Step {
  return {
    id: `file ${file.path}`,
    title: `${before === undefined ? 'write' : 'replace'} ${file.path}`,
    change: {
      script: scripts.writeFile,
      args: [file.path, file.mode],
      stdin: () => file.content,
      writes: { path: file.path, sizeBytes: smallFileBytes },
    },
    undo:
      before === undefined
        ? { script: scripts.removeTree, args: [file.path] }
        : { script: scripts.writeFile, args: [file.path, before.mode], stdin: () => before.content },
  }
}

export function linkStep(version: string, before: string | undefined): Step {
  return {
    id: 'current',
    title: `make ${version} the current version`,
    change: { script: scripts.switchLink, args: [enforcerPaths.current, version] },
    undo:
      before === undefined
        ? { script: scripts.removeTree, args: [enforcerPaths.current] }
        : { script: scripts.switchLink, args: [enforcerPaths.current, before] },
  }
}

/** The enforcer writes its credential itself once it runs; undoing takes it away again. */
export function selfRegistrationStep(): Step {
  return {
    id: 'registration',
    title: 'let the enforcer register itself and make its own credential',
    change: nothing,
    undo: { script: scripts.removeTree, args: [enforcerPaths.credential] },
  }
}

/** Comes first in a plan and does nothing, so that its undo comes last: units are read once more at the very end. */
export function settleStep(state: InstalledState): Step {
  const wasRunning = state.serviceActive
  return {
    id: 'settle',
    title: 'note what was there before',
    change: nothing,
    undo: wasRunning
      ? { script: scripts.restartService, args: [enforcerServiceName] }
      : { script: scripts.reloadUnits },
  }
}

export function serviceStep(): Step {
  return {
    id: 'service',
    title: `enable and start ${enforcerServiceName}`,
    change: { script: scripts.startService, args: [enforcerServiceName] },
    undo: { script: scripts.stopService, args: [enforcerServiceName] },
  }
}

/** The archive lies beside what it is unpacked to until that is done. */
function unpackedBytes(layer: VerifiedLayer): number {
  return layer.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, layer.sizeBytes)
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`
}
