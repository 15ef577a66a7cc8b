import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { HostChange, PlannedStep } from '../plan/step.ts'
import { scriptsOf } from './find-package.ts'
import {
  packageName,
  programOf,
  sourceMark,
  sourcePaths,
  type PackageFacts,
  type PackageManager,
} from './package-facts.ts'
import { packageFailures } from './package-scripts.ts'
import { rpmKeyIds } from './package-steps.ts'
import { readSigningKey } from './signing-key.ts'

/** A step that has no way back. */
export interface Removal extends PlannedStep {
  readonly change: HostChange
}

/** Files of sources that apoctl wrote, and their keys. What an operator wrote stays. */
export function ownSources({ files }: PackageFacts): readonly string[] {
  return Object.values(sourcePaths).flatMap(({ source, key }) => {
    const isForeign = files.get(source)?.content.startsWith(sourceMark) === false
    return isForeign ? [] : [source, key].filter((path) => files.has(path))
  })
}

/** Has the package manager whose database knows the enforcer remove it; with its source, where that goes too. */
export function planPackageRemoval(facts: PackageFacts, sources: readonly string[]): readonly Removal[] {
  const manager = facts.installed?.manager ?? (facts.isRemembered ? 'apt' : undefined)
  const removal = manager === undefined ? [] : [packageRemoval(manager, facts)]
  const all = Object.keys(sourcePaths) as readonly PackageManager[]
  return [...removal, ...all.flatMap((each) => sourceRemoval(each, { facts, sources }))]
}

function packageRemoval(manager: PackageManager, facts: PackageFacts): Removal {
  return {
    id: 'package',
    title: `remove the package ${packageName} with ${programOf(manager, facts)}`,
    // What was fetched of the source goes with the source.
    change: { script: scriptsOf[manager].remove, args: ['', 'purge'], failures: packageFailures },
  }
}

function sourceRemoval(
  manager: PackageManager,
  { facts, sources }: { readonly facts: PackageFacts; readonly sources: readonly string[] },
): Removal[] {
  const { source, key } = sourcePaths[manager]
  const files = [source, key].filter((path) => sources.includes(path))
  if (files.length === 0) return []
  const keyText = facts.files.get(key)?.content
  const ids = keyText === undefined ? [] : idsIn(keyText)
  const title = `remove ${files.join(', ')}, and what was fetched from there`
  return [
    {
      id: `source ${manager}`,
      title,
      change: { script: scriptsOf[manager].forget, args: [ids.join(' '), ...files] },
    },
  ]
}

/** A key that cannot be read was not taken into any database either. */
function idsIn(keyText: string): readonly string[] {
  try {
    return rpmKeyIds(readSigningKey(Buffer.from(keyText), 'the key on the host'))
  } catch (error) {
    if (error instanceof ApoctlError) return []
    throw error
  }
}
