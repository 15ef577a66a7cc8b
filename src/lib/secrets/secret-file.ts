import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Secret } from './secret.ts'

/** What came of reading a file that holds a secret. All of these are expected; none is thrown. */
export type SecretFileReading =
  | { readonly outcome: 'read'; readonly content: Secret }
  | { readonly outcome: 'missing' }
  /** Others than its owner may read it. `mode` is its permission bits. */
  | { readonly outcome: 'exposed'; readonly mode: number }
  | { readonly outcome: 'unreadable'; readonly reason: string }

/** More than any credential or token needs; a device or a log given by mistake ends here. */
const mostBytes = 1024 * 1024

/**
 * Reads a file that holds a secret. As ssh does with private keys, a file that its group or everybody
 * may read is refused and not merely warned about: warnings in scripts go unread, and `chmod 600` is
 * one command. Windows keeps no such bits, so nothing is refused there.
 */
export async function readSecretFile(path: string): Promise<SecretFileReading> {
  let file
  try {
    file = await open(path, constants.O_RDONLY)
  } catch (error) {
    return codeOf(error) === 'ENOENT'
      ? { outcome: 'missing' }
      : { outcome: 'unreadable', reason: codeOf(error) }
  }
  try {
    const { mode, size } = await file.stat()
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      return { outcome: 'exposed', mode: mode & 0o7777 }
    if (size > mostBytes) return { outcome: 'unreadable', reason: 'EFBIG' }
    return { outcome: 'read', content: new Secret(await file.readFile('utf8')) }
  } catch (error) {
    return { outcome: 'unreadable', reason: codeOf(error) }
  } finally {
    await file.close()
  }
}

/**
 * Writes a file that only its owner can read, whole or not at all: a new file of mode 0600 is synced
 * and renamed over the old one, so a crash or a full disk leaves what was there before.
 * Rejects with Node's own system error (ENOSPC, EACCES …); the caller knows what to call it.
 */
export async function writeSecretFile(path: string, content: Secret): Promise<void> {
  const draft = `${path}.${randomUUID()}.new`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(content.reveal())
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** The rename itself must survive a power cut. Windows cannot open folders and needs no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
