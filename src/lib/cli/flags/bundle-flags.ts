import { join, resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { openBundleShelf, type BundleShelf } from '../../install/bundle/bundle-shelf.ts'
import type { CommandContext } from '../context.ts'

const helpGroup = 'ENFORCER'

/** Which enforcer bundles there are, and who may have signed them. */
export const bundleFlags = {
  'enforcer-version': Flags.string({ summary: 'Insist on this version.', helpValue: 'VERSION', helpGroup }),
  bundle: Flags.string({
    summary:
      'Enforcer bundle instead of the one that came with apoctl: a folder, or an archive that ' +
      'enforcer bundle export wrote.',
    helpValue: 'PATH',
    helpGroup,
  }),
  'bundle-key': Flags.string({
    summary: 'Public key (PEM) that the bundle may be signed with, besides that of apoctl.',
    helpValue: 'FILE',
    helpGroup,
  }),
}

export interface BundleFlags {
  readonly 'enforcer-version'?: string | undefined
  readonly bundle?: string | undefined
  readonly 'bundle-key'?: string | undefined
}

/** Opens the bundles that the flags name. */
export function bundleShelf(flags: BundleFlags, { environment }: CommandContext): BundleShelf {
  const { programFolder, workingDir, cacheDir } = environment
  const ownKey = join(programFolder, 'dist', 'enforcer-signing-key.pem')
  const extraKey = flags['bundle-key']
  return openBundleShelf({
    source:
      flags.bundle === undefined
        ? join(programFolder, 'build', 'enforcer')
        : resolve(workingDir, flags.bundle),
    cacheFolder: join(cacheDir, 'bundles'),
    trustedKeyFiles: [ownKey, ...(extraKey === undefined ? [] : [resolve(workingDir, extraKey)])],
    version: flags['enforcer-version'],
  })
}
