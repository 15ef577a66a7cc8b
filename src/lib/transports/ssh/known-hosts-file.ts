import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withDeadline } from '../../async/deadline.ts'
import { sleep } from '../../async/sleep.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { typeOfKey } from './key-blob.ts'
import {
  hashedName,
  judgeHostKey,
  parseKnownHosts,
  type HostKeyVerdict,
  type KnownHost,
} from './known-hosts.ts'

/** A host key that was accepted and is to be remembered. */
export interface NewHostKey {
  readonly name: string
  /** The address of the host, where it is to be remembered as well. */
  readonly address?: string | undefined
  readonly key: Buffer
  /** Whether to write names as hashes; `undefined` does as the file does already. */
  readonly hash: boolean | undefined
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
    const names = [added.name, ...(added.address === undefined ? [] : [added.address])]
    const verdicts = names.map((name) => judgeHostKey({ name, key: added.key }, entries))
    const missing = names.filter((_, index) => verdicts[index]?.type === 'unknown')
    if (missing.length > 0) await append(file, { text, lines: linesFor(missing, { added, entries }) })
    return verdicts[0] ?? { type: 'unknown' }
  })
}

/** Names share a line; hashed ones cannot. */
function linesFor(
  names: readonly string[],
  about: { readonly added: NewHostKey; readonly entries: readonly KnownHost[] },
): string {
  const { key, hash } = about.added
  const hashes = hash ?? about.entries.some((entry) => entry.names.startsWith('|1|'))
  const fields = hashes ? names.map((name) => hashedName(name, randomBytes(20))) : [names.join(',')]
  return fields.map((field) => `${field} ${typeOfKey(key)} ${key.toString('base64')}\n`).join('')
}

async function append(file: string, what: { readonly text: string; readonly lines: string }): Promise<void> {
  const separator = what.text === '' || what.text.endsWith('\n') ? '' : '\n'
  try {
    // The mode is for a new file: one that is there may be meant for more readers than us.
    await writeFile(file, separator + what.lines, { flag: 'a', mode: 0o600 })
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
