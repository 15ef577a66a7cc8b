import { chmod, mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ApoctlError } from '../lib/errors/apoctl-error.ts'

/** Writes a file so that it is there whole or not at all, even when the power goes. */
export async function writeDurably(
  path: string,
  content: { readonly text: string; readonly mode: 0o600 | 0o644 },
): Promise<void> {
  const temporary = `${path}.new`
  const file = await open(temporary, 'w', content.mode)
  try {
    // An old temporary file, or the umask, may have left another mode.
    await file.chmod(content.mode)
    await file.writeFile(content.text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  await syncFolder(dirname(path))
}

/** The text of a file, or undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Makes the folder of the Console, for its owner alone. */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    const { uid, mode } = await stat(path)
    if (process.getuid !== undefined && uid !== process.getuid()) {
      throw new ApoctlError(['APO-CONSOLE-DATA', `The data directory ${path} belongs to another user`])
    }
    if ((mode & 0o077) !== 0) await chmod(path, 0o700)
    await writeDurably(join(path, '.writable'), { text: '', mode: 0o600 })
  } catch (cause) {
    if (cause instanceof ApoctlError) throw cause
    const why = (cause as Error).message
    throw new ApoctlError(['APO-CONSOLE-DATA', `The data directory ${path} cannot be used: ${why}`], {
      cause,
    })
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
