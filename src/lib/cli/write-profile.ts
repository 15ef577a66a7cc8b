import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProfileKey } from './profile.ts'

/** Writes the profile of that name, mode 0600, in one move; returns its path. */
export async function writeProfile(
  profile: { readonly name: string; readonly settings: Partial<Record<ProfileKey, string>> },
  dataDir: string,
): Promise<string> {
  const { stringify } = await import('yaml')
  const file = join(dataDir, `${profile.name}.yaml`)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await writeFile(`${file}.new`, stringify(profile.settings), { mode: 0o600 })
  await rename(`${file}.new`, file)
  return file
}
