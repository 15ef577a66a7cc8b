import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret } from '../../secrets/secret.ts'
import { writeSecretFile } from '../../secrets/secret-file.ts'
import type { ProfileKey } from './profile.ts'

export interface NewProfile {
  readonly name: string
  readonly settings: Partial<Record<ProfileKey, string>>
}

const mark = '# Written by apoctl console serve at every start. Remove this line to keep your own changes.'

/**
 * Writes the profile of that name, mode 0600, in one move, unless somebody made it their own. Returns
 * its path, and whether it is still ours.
 */
export async function writeOwnProfile(
  profile: NewProfile,
  dataDir: string,
): Promise<{ readonly file: string; readonly isOurs: boolean }> {
  const file = join(dataDir, `${profile.name}.yaml`)
  const former = await readFile(file, 'utf8').catch(() => undefined)
  if (former !== undefined && !former.startsWith(mark)) return { file, isOurs: false }
  await writeProfile({ ...profile, heading: mark }, dataDir)
  return { file, isOurs: true }
}

/** Writes a profile, mode 0600, in one move, over whatever is there. */
export async function writeProfile(
  profile: NewProfile & { readonly heading: string },
  dataDir: string,
): Promise<void> {
  const { stringify } = await import('yaml')
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const text = `${profile.heading}\n${stringify(profile.settings)}`
  await writeSecretFile(join(dataDir, `${profile.name}.yaml`), new Secret(text))
}
