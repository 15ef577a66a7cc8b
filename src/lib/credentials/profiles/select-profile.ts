import { join, resolve } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { readCurrentProfile } from './current-profile.ts'
import { defaultProfileName, isProfileName, type ProfilePlace } from './profile.ts'

/** How a run says which profile it wants: nothing of it, a file, or a name. The file wins. */
export interface ProfileWish {
  readonly file?: string | undefined
  readonly name?: string | undefined
}

export interface SelectedProfile {
  readonly file: string
  /** Who chose it; the default profile alone may be missing. */
  readonly chosenBy: 'file' | 'name' | 'profiles use' | 'default'
}

/** Finds the file of the profile to use. Throws APO-INPUT-VALUE for a name that cannot be one. */
export async function selectProfile(wish: ProfileWish, place: ProfilePlace): Promise<SelectedProfile> {
  if (wish.file !== undefined) return { file: resolve(place.workingDir, wish.file), chosenBy: 'file' }
  if (wish.name !== undefined) return { file: profileFile(wish.name, place.dataDir), chosenBy: 'name' }
  const name = await readCurrentProfile(place.dataDir)
  const chosenBy = name === defaultProfileName ? 'default' : 'profiles use'
  return { file: profileFile(name, place.dataDir), chosenBy }
}

/** `~/.apoctl/<name>.yaml`. Throws APO-INPUT-VALUE for a name that leads elsewhere. */
export function profileFile(name: string, dataDir: string): string {
  if (isProfileName(name)) return join(dataDir, `${name}.yaml`)
  throw new ApoctlError(['APO-INPUT-VALUE', `"${name}" cannot be the name of a profile`], {
    hints: ['A name has letters, digits, dots, - and _; a profile elsewhere is given with --config FILE.'],
  })
}
