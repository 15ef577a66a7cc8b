import { access, mkdir, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { ArtefactFile } from './artefact.ts'

/** A file that was written. */
export interface WrittenFile {
  readonly file: string
  readonly sizeBytes: number
  /** Holds a token; readable for its owner alone. */
  readonly isSecret: boolean
}

/**
 * Writes files that are not there yet: all of them or none. Rejects with APO-INPUT-FILE where it cannot, or
 * where one of them is there: what somebody changed by hand is not ours to replace.
 */
export async function writeArtefact(
  files: readonly ArtefactFile[],
  into: { readonly folder: string },
): Promise<readonly WrittenFile[]> {
  for (const { path } of files) await demandAbsent(join(into.folder, path))
  const written: WrittenFile[] = []
  try {
    for (const one of files) written.push(await write(one, join(into.folder, one.path)))
    return written
  } catch (error) {
    await Promise.all(written.map(({ file }) => rm(file, { force: true })))
    throw error
  }
}

async function demandAbsent(file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  )
  if (isThere) throw refusal(file, 'is there already')
}

async function write(one: ArtefactFile, file: string): Promise<WrittenFile> {
  const { isProgram = false, isSecret = false } = one
  const parts = one.parts.map((part) => Buffer.from(part as Buffer))
  try {
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(file, 'wx', isSecret ? 0o600 : isProgram ? 0o755 : 0o644)
    try {
      for (const part of parts) await handle.writeFile(part)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    if (!exists) await rm(file, { force: true }).catch(() => undefined)
    throw refusal(file, exists ? 'is there already' : 'cannot be written', cause)
  }
  return { file, isSecret, sizeBytes: parts.reduce((sum, part) => sum + part.length, 0) }
}

function refusal(...[file, why, cause]: readonly [file: string, why: string, cause?: unknown]): ApoctlError {
  return new ApoctlError(['APO-INPUT-FILE', `${file} ${why}`], {
    hints: ['Give another folder with --output-dir, or move the file away.'],
    cause,
  })
}
