import { join, resolve } from 'node:path'
import { Flags } from '@oclif/core'
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

export function packagesFolderOf(
  { packages }: Given,
  { environment }: Pick<CommandContext, 'environment'>,
): string {
  const { programFolder, workingDir } = environment
  return packages === undefined ? join(programFolder, 'build', 'enforcer') : resolve(workingDir, packages)
}

/** The flag as words of a command line that is run from anywhere. */
export function packagesWords(flags: Given, context: Pick<CommandContext, 'environment'>): readonly string[] {
  return flags.packages === undefined ? [] : ['--packages', packagesFolderOf(flags, context)]
}
