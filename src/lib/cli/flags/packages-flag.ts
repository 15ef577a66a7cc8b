import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { enforcerPlatforms } from '../../../contract/enforcer-bundle.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { CommandContext } from '../context.ts'

/** Which enforcer bundles a Console gives out. */
export const packagesFlag = {
  packages: Flags.string({
    summary:
      'Enforcer bundles whose layers hosts may download (enforcer install linux --from-url console). ' +
      'Default: those that came with apoctl.',
    helpValue: 'FOLDER',
  }),
}

type Given = { readonly packages?: string | undefined }

/** Throws APO-INPUT-FILE when the folder that was named is not there. */
export function packagesFolderOf(
  { packages }: Given,
  { environment }: Pick<CommandContext, 'environment'>,
): string {
  const { programFolder, workingDir } = environment
  if (packages === undefined) return join(programFolder, 'build', 'enforcer')
  const folder = resolve(workingDir, packages)
  if (enforcerPlatforms.some((platform) => existsSync(join(folder, platform)))) return folder
  throw new ApoctlError(['APO-INPUT-FILE', `--packages: there is no enforcer bundle in ${folder}`], {
    hints: [`Name a folder that holds ${enforcerPlatforms.join(' or ')}.`],
  })
}

/** The flag as words of a command line that is run from anywhere. */
export function packagesWords(flags: Given, context: Pick<CommandContext, 'environment'>): readonly string[] {
  return flags.packages === undefined ? [] : ['--packages', packagesFolderOf(flags, context)]
}
