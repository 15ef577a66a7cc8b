import { open, type FileHandle } from 'node:fs/promises'
import { configError } from './config-error.ts'
import { isSafeToTrust } from './file-trust.ts'
import { parseStatements } from './parse-statements.ts'
import type { Statement } from './statement.ts'

/** One ssh_config to read. */
export interface ConfigFile {
  readonly path: string
  /** `~/.ssh/config` and what it includes: relative names are in `~/.ssh`, and `~` is understood. */
  readonly isOfUser: boolean
  /** Refused when others may write it. */
  readonly isChecked: boolean
}

interface Reader {
  readonly userId: number
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Reads an ssh_config; `undefined` when there is none. */
export async function readConfig(file: ConfigFile, reader: Reader): Promise<Statement[] | undefined> {
  const { path } = file
  try {
    return parseStatements(await textOf(file, reader), { file: path, ...reader })
  } catch (cause) {
    const code = (cause as { readonly code?: string }).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    // A directory opens and has no lines.
    if (code === 'EISDIR') return []
    if (typeof code !== 'string' || code.startsWith('APO-')) throw cause
    throw configError(path, `cannot be read (${code})`)
  }
}

async function textOf(file: ConfigFile, reader: Reader): Promise<string> {
  const handle: FileHandle = await open(file.path, 'r')
  try {
    const stat = await handle.stat()
    if (file.isChecked && !(await isSafeToTrust(stat, reader.userId)))
      throw configError(
        file.path,
        'others could write it, so ssh does not use it; type: chmod go-w ' + file.path,
      )
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}
