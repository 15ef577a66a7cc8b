import { ApoctlError } from '../../errors/apoctl-error.ts'
import { writeCurrentProfile } from './current-profile.ts'
import { profileNames } from './list-profiles.ts'

/** Which profile is the current one from now on. */
export interface ProfileChoice {
  readonly current: string
  /** The profile that APOCTL_CONFIG_NAME still chooses in this shell. */
  readonly overriddenBy?: string
}

/** Makes a profile the current one. Throws APO-INPUT-VALUE, naming the known ones, for one there is not. */
export async function useProfile(
  options: { readonly name: string; readonly selectedName: string | undefined },
  place: { readonly dataDir: string },
): Promise<ProfileChoice> {
  const { name, selectedName } = options
  const known = await profileNames(place.dataDir)
  if (!known.includes(name))
    throw new ApoctlError(['APO-INPUT-VALUE', `there is no profile "${name}"`], {
      hints: known.length > 0 ? [`There are ${known.join(', ')}.`] : ['Make one: apoctl configure'],
    })
  await writeCurrentProfile(name, place.dataDir)
  const overridden = selectedName !== undefined && selectedName !== name
  return { current: name, ...(overridden && { overriddenBy: selectedName }) }
}
