import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'

const unusedForMs = 30 * 24 * 60 * 60 * 1000

/**
 * Remembers that a folder of the cache was used, and removes those that nobody has used for thirty days, what
 * killed runs have left among them. A cache that cannot be tidied is no reason to fail: never rejects.
 */
export async function forgetUnused(cacheFolder: string, used: string): Promise<void> {
  const now = new Date()
  await utimes(join(cacheFolder, used), now, now).catch(() => undefined)
  for (const name of await readdir(cacheFolder).catch(() => [])) {
    const path = join(cacheFolder, name)
    const found = await stat(path).catch(() => undefined)
    if (found === undefined || now.getTime() - found.mtimeMs < unusedForMs) continue
    await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}
