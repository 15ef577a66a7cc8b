import { enforcerPaths } from '../../../contract/enforcer-paths.ts'
import type { Step } from '../plan/step.ts'
import { fileStep } from '../linux/steps.ts'
import type { InstalledState } from '../linux/inspect-host.ts'
import { scriptsOf } from './find-package.ts'
import { packageName, programOf, sourcePaths } from './package-facts.ts'
import type { PackageLayout } from './package-layout.ts'
import { packageFailures } from './package-scripts.ts'
import { showFingerprint, type SigningKey } from './signing-key.ts'

/** The package that a host shall have, and where from; a source or key that is there as wanted needs no step. */
export interface ArrangedPackage {
  readonly layout: PackageLayout
  readonly key: SigningKey
  /** Of the package. */
  readonly version: string
}

const unpackedBytes = 180 * 1024 * 1024

/** Key, source, package: what of it is not there yet. */
export function packageSteps(state: InstalledState, wanted: ArrangedPackage): Step[] {
  const { layout, key, version } = wanted
  const isThere = state.packages.installed?.version === version
  return [
    ...keySteps(state, { layout, key }),
    ...contentSteps(state, {
      path: layout.sourcePath,
      content: layout.sourceText,
      title: `add ${layout.sourcePath} as a source of packages`,
    }),
    ...(isThere ? [] : [installStep(state, wanted)]),
  ]
}

function keySteps(
  state: InstalledState,
  { layout, key }: { readonly layout: PackageLayout; readonly key: SigningKey },
): Step[] {
  const shown = key.fingerprints.map(showFingerprint).join(', ')
  return contentSteps(state, {
    path: layout.keyPath,
    content: key.armored,
    title: `trust the key ${shown} for that source alone, as ${layout.keyPath}`,
  })
}

function contentSteps(
  state: InstalledState,
  file: { readonly path: string; readonly content: string; readonly title: string },
): Step[] {
  const before = state.packages.files.get(file.path)
  if (before?.content === file.content) return []
  const step = fileStep({ path: file.path, mode: '0644', content: file.content }, before)
  return [{ ...step, title: file.title }]
}

function installStep(state: InstalledState, { layout, key, version }: ArrangedPackage): Step {
  const scripts = scriptsOf[layout.manager]
  const before = state.packages.installed?.version
  const program = programOf(layout.manager, state.packages)
  const title =
    before === undefined
      ? `install ${packageName} ${version} with ${program}`
      : `change ${packageName} from ${before} to ${version} with ${program}`
  return {
    id: 'package',
    title,
    change: {
      script: scripts.install,
      args: [version, layout.sourcePath],
      writes: { path: enforcerPaths.programs, sizeBytes: unpackedBytes },
      failures: packageFailures,
    },
    undo:
      before === undefined
        ? { script: scripts.remove, args: removalArgs(state, { manager: layout.manager, key }) }
        : { script: scripts.restore, args: [before] },
  }
}

/** What was there before the package stays: only a host that had nothing is purged. */
function removalArgs(
  state: InstalledState,
  { manager, key }: { readonly manager: PackageLayout['manager']; readonly key: SigningKey },
): string[] {
  const how = state.folders.get(enforcerPaths.data) === true ? 'remove' : 'purge'
  return [sourcePaths[manager].source, how, ...rpmKeyIds(key)]
}

/** rpm names a key by the last eight digits of its fingerprint. */
export function rpmKeyIds({ fingerprints }: SigningKey): string[] {
  return fingerprints.map((fingerprint) => fingerprint.slice(-8).toLowerCase())
}
