import { enforcerPaths, enforcerServiceName } from '../../../contract/enforcer-paths.ts'
import type { HostChange, Step } from '../plan/step.ts'
import type { HostFile } from './host-file.ts'
import type { InstalledState } from './inspect-host.ts'
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

/** For a package that was changed: where it ran, its own script has restarted it. */
export function keepServiceStep(): Step {
  return {
    ...serviceStep(),
    title: `see that ${enforcerServiceName} is enabled and runs`,
    change: { script: scripts.keepService, args: [enforcerServiceName] },
  }
}
