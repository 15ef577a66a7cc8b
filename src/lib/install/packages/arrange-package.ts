import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Transport } from '../../transports/transport.ts'
import type { HostInstallOptions } from '../linux/host-install.ts'
import type { InstalledState } from '../linux/inspect-host.ts'
import { findPackage } from './find-package.ts'
import { sourcePaths, type PackageFacts } from './package-facts.ts'
import { layoutOf, type PackageLayout } from './package-layout.ts'
import type { ArrangedPackage } from './package-steps.ts'
import { matchVersion } from './package-version.ts'
import { readSigningKey, type SigningKey } from './signing-key.ts'

type Wanted = Pick<HostInstallOptions, 'repository' | 'version' | 'upgrade' | 'isCopyAsked'>

interface HostAccess {
  readonly transport: Transport
  readonly signal: AbortSignal
}

/**
 * True when the enforcer of a host is, or shall be, a package. An upgrade goes on in the way the host has; an
 * installation is asked for in that way, so that a package and a copy never share a host. Throws APO-REPO-SOURCE.
 */
export function usesPackage(
  on: { readonly state: InstalledState; readonly options: Wanted },
  target: string,
): boolean {
  const { state, options } = on
  const { repository, upgrade, isCopyAsked } = options
  const isPackage = state.packages.installed !== undefined
  if (repository !== undefined && !isPackage && state.currentVersion !== undefined)
    throw new ApoctlError([
      'APO-REPO-SOURCE',
      `${target} has an enforcer that apoctl copied there, and not one from a repository`,
    ])
  if (repository === undefined && isPackage && (upgrade === undefined || isCopyAsked))
    throw new ApoctlError(['APO-REPO-SOURCE', `${target} has the enforcer as a package`], {
      hints: [
        upgrade === undefined
          ? 'Give the repository it comes from: --repo URL.'
          : 'Leave away --bundle, --from-url and --relay: its package manager upgrades it from the repository it has.',
      ],
    })
  return isPackage || repository !== undefined
}

/** Works out which package a host shall have. Where something is to do, the host asks the repository. */
export async function arrangePackage(
  on: { readonly state: InstalledState; readonly options: Wanted },
  context: HostAccess,
): Promise<ArrangedPackage> {
  const { state, options } = on
  const { target } = context.transport
  const { layout, key } = placeOf(state.packages, { repository: options.repository, target })
  const installed = state.packages.installed?.version
  if (isAsWanted(on, { layout, key }) && installed !== undefined) return { layout, key, version: installed }
  const { manager, sourceText } = layout
  // Where only the source is another one, the version stays.
  const stays = installed !== undefined && options.version === undefined && options.upgrade === undefined
  if (stays) return { layout, key, version: installed }
  const wanted = { manager, sourceText, keyText: key.armored, version: options.version, before: installed }
  return { layout, key, version: await findPackage(wanted, context) }
}

interface Place {
  readonly layout: PackageLayout
  readonly key: SigningKey
}

/** From where: what was asked for, else what the host has. */
function placeOf(
  facts: PackageFacts,
  wanted: { readonly repository: Wanted['repository']; readonly target: string },
): Place {
  const { repository, target } = wanted
  if (repository !== undefined)
    return { layout: layoutOf(facts, { url: repository.url, target }), key: repository.key }
  const manager = facts.installed?.manager ?? 'apt'
  const { source: sourcePath, key: keyPath } = sourcePaths[manager]
  const [source, key] = [facts.files.get(sourcePath), facts.files.get(keyPath)]
  if (source === undefined || key === undefined)
    throw new ApoctlError(
      ['APO-REPO-SOURCE', `${target} no longer has the source that its package came from`],
      { hints: ['Give it again: --repo URL --repo-key FILE.'] },
    )
  return {
    layout: { manager, sourcePath, keyPath, sourceText: source.content },
    key: readSigningKey(Buffer.from(key.content), `${keyPath} of ${target}`),
  }
}

/** Then nobody needs to be asked, and a repository that is away is no obstacle. */
function isAsWanted(
  { state, options }: { readonly state: InstalledState; readonly options: Wanted },
  { layout, key }: Place,
): boolean {
  const { installed, files } = state.packages
  if (installed === undefined) return false
  const isVersion =
    options.version === undefined
      ? options.upgrade === undefined
      : matchVersion(options.version, [installed.version]) !== undefined
  return (
    isVersion &&
    files.get(layout.sourcePath)?.content === layout.sourceText &&
    files.get(layout.keyPath)?.content === key.armored
  )
}
