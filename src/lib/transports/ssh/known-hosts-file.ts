import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withDeadline } from '../../async/deadline.ts'
import { sleep } from '../../async/sleep.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import {
  hashedName,
  judgeHostKey,
  parseKnownHosts,
  typeOfKey,
  type HostKeyVerdict,
  type KnownHost,
} from './known-hosts.ts'

/** A host key that was accepted and is to be remembered. */
export interface NewHostKey {
  readonly name: string
  readonly key: Buffer
  readonly offered: readonly string[]
  /** Write the name as a hash; also done when the file already has hashed names. */
  readonly hash: boolean
}

/** A lock this old belongs to a process that died. */
const staleLockMs = 30_000
const lockWaitMs = 10_000

/** Reads known_hosts files; those that do not exist are empty. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHost[]> {
  const read = files.map(async (file) => parseKnownHosts(await textOf(file), file))
  return (await Promise.all(read)).flat()
}

/**
 * Adds a key to a known_hosts file. Another writer may have been faster, so the file is judged again
 * under the lock: `known` means somebody wrote the same key, `changed` that they wrote another.
 */
export async function rememberHostKey(file: string, added: NewHostKey): Promise<HostKeyVerdict> {
  // StrictHostKeyChecking no with /dev/null is a common way to remember nothing.
  if (file === '/dev/null') return { type: 'unknown' }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  return withLock(`${file}.lock`, async () => {
    const text = await textOf(file)
    const entries = parseKnownHosts(text, file)
    const verdict = judgeHostKey(added, entries)
    if (verdict.type === 'unknown') await append(file, { text, line: lineFor(added, entries) })
    return verdict
  })
}

function lineFor(added: NewHostKey, entries: readonly KnownHost[]): string {
  const hash = added.hash || entries.some(({ names }) => names.startsWith('|1|'))
  const name = hash ? hashedName(added.name, randomBytes(20)) : added.name
  return `${name} ${typeOfKey(added.key)} ${added.key.toString('base64')}\n`
}

async function append(file: string, what: { readonly text: string; readonly line: string }): Promise<void> {
  const separator = what.text === '' || what.text.endsWith('\n') ? '' : '\n'
  try {
    await writeFile(file, separator + what.line, { flag: 'a', mode: 0o600 })
    // A file that others could write would let them vouch for hosts.
    await chmod(file, 0o600)
  } catch (cause) {
    throw new ApoctlError(
      ['APO-SSH-CONFIG', `${file} cannot be written, so the new host key is not remembered`],
      {
        hints: [`Make ${file} writable, or name another file with UserKnownHostsFile in ~/.ssh/config.`],
        cause,
      },
    )
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return ''
    throw new ApoctlError(['APO-SSH-CONFIG', `${file} cannot be read (${code ?? 'unknown reason'})`], {
      cause,
    })
  }
}

/** A file that only one process can create, between processes and within this one. */
async function withLock<Result>(lock: string, action: () => Promise<Result>): Promise<Result> {
  await withDeadline({ timeoutMs: lockWaitMs }, async (signal) => {
    while (!(await taken(lock))) await sleep(20, { signal })
  })
  try {
    return await action()
  } finally {
    await rm(lock, { force: true })
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close()
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new ApoctlError(
        ['APO-SSH-CONFIG', `${lock} cannot be created, so no host key can be remembered`],
        { cause },
      )
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > staleLockMs) await rm(lock, { force: true })
    return false
  }
}
