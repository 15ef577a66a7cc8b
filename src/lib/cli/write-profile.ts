import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProfileKey } from './profile.ts'

const mark = '# Written by apoctl console serve at every start. Remove this line to keep your own changes.'

/**
 * Writes the profile of that name, mode 0600, in one move, unless somebody made it their own. Returns
 * its path, and whether it is still ours.
 */
export async function writeProfile(
  profile: { readonly name: string; readonly settings: Partial<Record<ProfileKey, string>> },
  dataDir: string,
): Promise<{ readonly file: string; readonly isOurs: boolean }> {
  const { stringify } = await import('yaml')
  const file = join(dataDir, `${profile.name}.yaml`)
  const former = await readFile(file, 'utf8').catch(() => undefined)
  if (former !== undefined && !former.startsWith(mark)) return { file, isOurs: false }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await writeFile(`${file}.new`, `${mark}\n${stringify(profile.settings)}`, { mode: 0o600 })
  await rename(`${file}.new`, file)
  return { file, isOurs: true }
}
