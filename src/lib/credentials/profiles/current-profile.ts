import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { Secret } from '../../secrets/secret.ts'
import { writeSecretFile } from '../../secrets/secret-file.ts'
import { defaultProfileName, isProfileName } from './profile.ts'

/** The file that remembers what `apoctl profiles use` chose: a name, and nothing else. */
const fileIn = (dataDir: string): string => join(dataDir, 'current-profile')

/** The profile chosen with `apoctl profiles use`, or `default`. Throws APO-INPUT-FILE for a damaged choice. */
export async function readCurrentProfile(dataDir: string): Promise<string> {
  const file = fileIn(dataDir)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return defaultProfileName
    throw new ApoctlError(['APO-INPUT-FILE', `${file} cannot be read`], { cause: error })
  })
  const name = text.trim()
  if (isProfileName(name)) return name
  throw new ApoctlError(['APO-INPUT-FILE', `${file} does not hold the name of a profile`], {
    hints: ['Choose one again: apoctl profiles use NAME'],
  })
}

/** Remembers a choice. The name is known to be one. */
export async function writeCurrentProfile(name: string, dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await writeSecretFile(fileIn(dataDir), new Secret(`${name}\n`))
}
