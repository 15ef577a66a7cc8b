import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { Secret } from '../../secrets/secret.ts'
import { writeSecretFile } from '../../secrets/secret-file.ts'

/** Held while one credential file and its entry in the keyring are written. */
export interface CredentialLock {
  /** What a run left in the keyring that was killed in the middle of it; part of it may be in use. */
  readonly leftOver: readonly string[]
  /** Writes down which entries are new or about to go, for whoever comes after a run that was killed. */
  note(accounts: readonly string[]): Promise<void>
  /** Entries that are still to go stay written down, for the next run. */
  release(remaining?: readonly string[]): Promise<void>
}

interface Holder {
  readonly pid: number
  readonly host: string
  readonly accounts: readonly string[]
}

/**
 * A file beside the credential file. It outlives a run that was killed, on purpose: nothing else would know
 * what that has left in the keyring. Throws APO-PROFILE-BUSY while another run holds it.
 */
export async function lockCredential(credentialFile: string): Promise<CredentialLock> {
  const file = `${credentialFile}.lock`
  const leftOver: string[] = []
  const textFor = (accounts: readonly string[]): string =>
    JSON.stringify({ pid: process.pid, host: hostname(), accounts } satisfies Holder)
  while (!(await wasMade(file, textFor(leftOver)))) leftOver.push(...(await takeAway(file)))
  const keep = (accounts: readonly string[]): Promise<void> =>
    writeSecretFile(file, new Secret(textFor(accounts)))
  return {
    leftOver,
    note: (accounts) => keep([...leftOver, ...accounts]),
    release: (remaining = []) => (remaining.length === 0 ? rm(file, { force: true }) : keep(remaining)),
  }
}

async function wasMade(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock of a run that has ended, and says what that had noted. */
async function takeAway(file: string): Promise<readonly string[]> {
  const text = await textOf(file)
  if (text === undefined) return []
  const holder = toHolder(text)
  if (holder === undefined || isRunning(holder)) throw busy(file, holder)
  // Whoever comes second must not take away what the first has put in its place by now.
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const isTheSame = (await textOf(aside)) === text
  if (!isTheSame) await link(aside, file).catch(() => undefined)
  await rm(aside, { force: true })
  return isTheSame ? holder.accounts : []
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
}

function toHolder(text: string): Holder | undefined {
  try {
    const { pid, host, accounts } = JSON.parse(text) as Partial<Holder>
    const isWhole = typeof pid === 'number' && typeof host === 'string' && Array.isArray(accounts)
    return isWhole ? { pid, host, accounts: accounts.map(String) } : undefined
  } catch {
    return undefined
  }
}

/** Of a process on another machine that shares this folder nobody can tell. */
function isRunning({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function busy(file: string, holder: Holder | undefined): ApoctlError {
  const who = holder === undefined ? 'another run' : `process ${holder.pid} on ${holder.host}`
  return new ApoctlError(['APO-PROFILE-BUSY', `${file} is held by ${who}`], {
    hints: [`Wait until it is done. If there is no such run: rm ${file}`],
  })
}
