import { createHash, randomUUID } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
} from 'node:fs'
import { readFileSync, renameSync, rmSync, statSync, writeFileSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '../../secrets/secret.ts'
import type { KeptToken, KeptTokens } from '../session/kept-tokens.ts'

/** A token of a Console is about a kilobyte. */
const mostBytes = 64 * 1024
/** Older files are of credentials that nobody uses any more. */
const forgottenAfterMs = 7 * 24 * 3_600_000

/** What a file holds. The name stands in it as well, so that a file moved to another name is worth nothing. */
interface TokenFile {
  readonly name: string
  readonly issuedAtMs: number
  readonly token: string
}

/**
 * Keeps tokens in files of a folder, each readable and writable by its owner only. What anybody else
 * could have read or written, what is no plain file, and what is not understood counts as missing and is
 * replaced. Files are written whole and renamed, so runs at the same time see one another's or none. They
 * are not synced to disk: after a power cut a token is asked for again.
 *
 * The calls are synchronous on purpose: the files are tiny, and each hop through Node's thread pool costs
 * a start more than they do.
 */
export function openTokenFolder(folder: string): KeptTokens {
  const fileOf = (name: string) => join(folder, `${createHash('sha256').update(name).digest('hex')}.json`)
  return {
    read: (name) => quietly(() => (isOwnFolder(folder) ? readToken(fileOf(name), name) : undefined)),
    keep(name, { token, issuedAtMs }) {
      quietly(() => {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        // Only its owner can do this: a folder of somebody else ends here. A link stays one, and is not used.
        if (lstatSync(folder).isDirectory()) chmodSync(folder, 0o700)
        if (!isOwnFolder(folder)) return
        writeToken(fileOf(name), { name, issuedAtMs, token: token.reveal() })
        sweep(folder, issuedAtMs - forgottenAfterMs)
      })
    },
    forget: (name) => quietly(() => rmSync(fileOf(name), { force: true })),
  }
}

/** A full disk or a home folder that cannot be written costs the convenience and nothing else. */
function quietly<Result>(action: () => Result): Result | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}

function isOwnFolder(folder: string): boolean {
  const stats = lstatSync(folder)
  return stats.isDirectory() && isOnlyOurs(stats)
}

/** Windows keeps no such bits, and a profile there is its owner's alone. */
function isOnlyOurs({ uid, mode }: Stats): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0)
}

function readToken(file: string, name: string): KeptToken | undefined {
  // No link is followed, and nothing waits for the writer of a pipe. Windows has neither flag: both are 0 there.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const open = openSync(file, flags)
  try {
    const stats = fstatSync(open)
    if (!stats.isFile() || !isOnlyOurs(stats) || stats.size > mostBytes) return undefined
    return parseToken(readFileSync(open, 'utf8'), name)
  } finally {
    closeSync(open)
  }
}

function parseToken(text: string, name: string): KeptToken | undefined {
  const kept = JSON.parse(text) as Partial<TokenFile> | null
  if (kept?.name !== name || typeof kept.token !== 'string' || typeof kept.issuedAtMs !== 'number')
    return undefined
  return { token: new Secret(kept.token), issuedAtMs: kept.issuedAtMs }
}

function writeToken(file: string, content: TokenFile): void {
  const draft = `${file}.${randomUUID()}`
  try {
    writeFileSync(draft, JSON.stringify(content), { mode: 0o600, flag: 'wx' })
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function sweep(folder: string, oldestMs: number): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    if (statSync(file).mtimeMs < oldestMs) rmSync(file)
  }
}
